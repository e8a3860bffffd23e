// Light or dark: the system's, until the reader says otherwise; kept under a name of the page's own.
function followTheme(name) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  function remembered(theme) {
    try {
      if (theme) localStorage.setItem(name, theme);
      return localStorage.getItem(name);
    } catch {
      return null; // a page from a file may not be allowed to keep anything
    }
  }
  const kept = remembered();
  if (kept) document.documentElement.dataset.theme = kept;
  document.querySelector("#theme").addEventListener("click", () => {
    const now = document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light");
    document.documentElement.dataset.theme = now === "dark" ? "light" : "dark";
    remembered(document.documentElement.dataset.theme);
  });
}
