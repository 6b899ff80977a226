/** Switches between light and dark, and stores the choice in this browser. */
export function toggleTheme(): void {
  const { dataset } = document.documentElement
  const systemTheme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"
  const theme = (dataset["theme"] ?? systemTheme) === "dark" ? "light" : "dark"
  dataset["theme"] = theme
  localStorage.setItem("freshet-theme", theme)
}
