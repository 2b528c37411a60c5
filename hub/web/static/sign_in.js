// Two comforts of the sign-in pages, which work without it: a look at the password, and one click that counts once.

for (const reveal of document.querySelectorAll("[data-reveal]")) {
  const input = document.getElementById(reveal.dataset.reveal);
  const show = (shown) => {
    input.type = shown ? "text" : "password";
    const [offer, withdraw] = reveal.children;
    offer.hidden = shown;
    withdraw.hidden = !shown;
  };
  reveal.hidden = false;
  reveal.addEventListener("click", () => show(input.type === "password"));
  // A browser remembers what stood in a text field, but not what stood in a password field.
  input.form.addEventListener("submit", () => show(false));
}

for (const form of document.forms) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}

// A page that comes back from the browser's memory may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
