(() => {
  const slider = document.getElementById("IDENTIFIER");
  const figure = slider.closest("figure");
  const pictures = figure.querySelectorAll("[data-value]");
  const show = () => {
    const text = pictures[slider.valueAsNumber].dataset.value;
    pictures.forEach((picture, index) => { picture.hidden = index !== slider.valueAsNumber; });
    slider.setAttribute("aria-valuetext", text);
    figure.querySelector("output").value = text;
  };
  slider.addEventListener("input", show);
  show();
})();
