// Runs before the first paint, so that the page never flashes in the other theme.
const theme =
  new URLSearchParams(location.search).get("theme") ?? localStorage.getItem("freshet-theme")
if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme
