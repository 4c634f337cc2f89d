// Excerpts of search results show prose: no code, and nothing that code printed.
document.addEventListener("DOMContentLoaded", () => {
  if (typeof Search === "undefined") return;
  const textOf = Search.htmlToText;
  Search.htmlToText = (html, anchor) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    page.querySelectorAll(".cell, .highlight, .colorkit-claims").forEach((element) => element.remove());
    return textOf(page.documentElement.outerHTML, anchor);
  };
});
