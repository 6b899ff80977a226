/** The page that asks for a token. It has no script and no inline style. */
export const loginPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Freshet: token</title>
<main>
<h1>Freshet</h1>
<form method="post" action="/login">
<p><label>Token <input type="password" name="token" autocomplete="current-password" required autofocus></label>
<button>Open</button></p>
<p>The token is the value of FRESHET_UI_TOKEN of the server.</p>
</form>
</main>
</html>
`
