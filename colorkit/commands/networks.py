"""``colorkit networks``: the trained networks that can be loaded by name."""

from colorkit.models import checkpoints


def add(commands):
    """Add this command to those of `colorkit`."""
    parser = commands.add_parser(
        "networks",
        help="list the trained networks, or show the card of one",
        description="List the trained networks that can be loaded by name; with a name, show all that its card says.",
    )
    parser.add_argument("name", metavar="NAME", nargs="?", help="for example 11_flagship_gpu")
    parser.set_defaults(run=_list)


def _list(options):
    if options.name:
        _show(checkpoints.card(options.name))
        return 0
    cards = [checkpoints.card(name) for name in checkpoints.names()]
    width = max(len(card["name"]) for card in cards)
    print(f"{'network':{width}}  {'lesson':>6}  {'MB':>5}  {'CIEDE2000 (gray)':22}  good for")
    for card in cards:
        size = checkpoints.size(card["name"]) / 1e6
        error, gray = (card["metrics"].get(name) for name in ("CIEDE2000", "CIEDE2000 of gray"))
        said = f"{_number(error)} ({gray['value']:.1f})" if error and gray else ""
        print(f"{card['name']:{width}}  {card['lesson']:>6}  {size:5.1f}  {said:22}  {card.get('good for', '')}")
    print("All that is known of one: colorkit networks NAME")
    return 0


def _show(part, indent=""):
    for name, value in part.items():
        if isinstance(value, dict) and "value" not in value:
            print(f"{indent}{name}:")
            _show(value, indent + "  ")
        else:
            print(f"{indent}{name}: {_number(value) if isinstance(value, dict | float) else value}")


def _number(value):
    """Write a number, with its interval if it has one."""
    if isinstance(value, dict):
        return f"{value['value']:.2f} [{value['low']:.2f}, {value['high']:.2f}]"
    return f"{value:.4g}"
