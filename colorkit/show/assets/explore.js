(() => {
  // The element before this script; its identifier is for pages where scripts are moved elsewhere.
  let figure = document.currentScript?.previousElementSibling;
  if (!figure?.matches(".colorkit-explore")) {
    figure = document.getElementById("IDENTIFIER").closest("figure");
  }
  const slider = figure.querySelector("input");
  const pictures = figure.querySelectorAll("[data-value]");
  const show = () => {
    const text = pictures[slider.valueAsNumber].dataset.value;
    pictures.forEach((picture, index) => { picture.hidden = index !== slider.valueAsNumber; });
    slider.setAttribute("aria-valuetext", text);
    figure.querySelector("output").value = text;
  };
  slider.addEventListener("input", show);
  figure.querySelector(".asleep").hidden = true;
  show();
})();
