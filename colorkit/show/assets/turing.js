(() => {
  const section = document.getElementById("IDENTIFIER");
  const photoIs = SIDES;
  const pairs = section.querySelectorAll(".pair");
  const buttons = section.querySelectorAll("button");
  const said = section.querySelector(".said");
  let fooled = 0;
  let done = 0;
  const score = () => {
    // Wilson's interval.
    const square = QUANTILE ** 2 / done;
    const share = fooled / done;
    const middle = (share + square / 2) / (1 + square);
    const half = Math.sqrt(share * (1 - share) * square + square ** 2 / 4) / (1 + square);
    const [value, low, high] = [share, middle - half, middle + half].map(number => Math.floor(100 * number + 0.5));
    return `fooled in ${fooled} of ${done} = ${value}%, 95% interval ${low} to ${high}%`;
  };
  const answer = side => {
    const right = side === photoIs[done];
    fooled += right ? 0 : 1;
    done += 1;
    const last = done === pairs.length;
    const verdict = `${right ? "Correct" : "Fooled"}: in pair ${done} the photo was on the ${photoIs[done - 1]}.`;
    said.textContent = last
      ? `${verdict} Done: ${score()}.`
      : `${verdict} So far ${score()}. Pair ${done + 1} of ${pairs.length}: which is the photo?`;
    if (last) {
      buttons.forEach(button => { button.disabled = true; });
      said.focus();
    } else {
      pairs.forEach((pair, index) => { pair.hidden = index !== done; });
    }
  };
  buttons.forEach((button, index) => {
    button.addEventListener("click", () => answer(index ? "right" : "left"));
  });
})();
