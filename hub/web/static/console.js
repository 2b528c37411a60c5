// The matrix by keyboard and by drag; files that are read into their fields; what takes the focus when a page comes back.
// Everything works without this, by links and forms.

const matrix = document.querySelector("[data-matrix]");

if (matrix) {
  const rows = [...matrix.tBodies[0].rows].map((row) => [...row.querySelectorAll("a.cell, a.sum")]);
  const place = new Map(rows.flatMap((row, down) => row.map((cell, across) => [cell, [down, across]])));
  const bar = document.querySelector(".picked");
  const go = bar.querySelector("[data-picked-go]");
  const text = bar.querySelector("[data-picked-text]");
  const template = text.dataset.pickedText;
  let held = null;

  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  const picked = () => [...matrix.querySelectorAll("a.cell[data-picked]")];
  const departmentOf = (cell) => cell.closest("tr").dataset.department;

  function focusOn(cell) {
    const before = matrix.querySelector('[tabindex="0"]');
    if (before) before.tabIndex = -1;
    cell.tabIndex = 0;
    cell.focus();
  }

  function draftOf(cells) {
    const first = cells[0];
    const given = new URLSearchParams({
      role: matrix.dataset.role,
      purpose: matrix.dataset.purpose,
      department: departmentOf(first),
      fields: cells.map((cell) => cell.dataset.field).join(","),
    });
    return `${matrix.dataset.draft}?${given}`;
  }

  function tell() {
    const cells = picked();
    bar.hidden = !cells.length || !matrix.dataset.draft;
    if (cells.length) {
      text.textContent = template.replace("{count}", cells.length);
      go.href = draftOf(cells);
    }
  }

  function clear() {
    for (const cell of picked()) cell.removeAttribute("data-picked");
  }

  // A request is for one department: choosing in another row begins anew.
  function pick(cell, on = !cell.hasAttribute("data-picked")) {
    if (!cell.dataset.field) return;
    const cells = picked();
    if (cells.length && departmentOf(cells[0]) !== departmentOf(cell)) clear();
    cell.toggleAttribute("data-picked", on);
    tell();
  }

  function span(from, to) {
    const [down, start] = place.get(from);
    const end = place.get(to)[1];
    clear();
    for (const cell of rows[down].slice(Math.min(start, end), Math.max(start, end) + 1)) pick(cell, true);
  }

  const first = rows[0]?.[0];
  if (first) first.tabIndex = 0;

  matrix.addEventListener("keydown", (event) => {
    const cell = event.target.closest("a.cell, a.sum");
    if (!cell || event.ctrlKey || event.altKey || event.metaKey) return;
    const [down, across] = place.get(cell);
    const step = steps[event.key];
    if (step) {
      const next = rows[down + step[0]]?.[across + step[1]];
      if (next) focusOn(next);
    } else if (event.key === "Home") focusOn(rows[down][0]);
    else if (event.key === "End") focusOn(rows[down].at(-1));
    else if (event.key === " ") pick(cell);
    else if (event.key === "Escape") {
      clear();
      tell();
    } else if (event.key.toLowerCase() === "g" && matrix.dataset.draft && cell.dataset.field) {
      const cells = picked();
      location.assign(draftOf(cells.length ? cells : [cell]));
    } else return;
    event.preventDefault();
  });

  matrix.addEventListener("dragstart", (event) => event.preventDefault());
  matrix.addEventListener("pointerdown", (event) => {
    held = event.pointerType === "mouse" ? event.target.closest("a.cell") : null;
  });
  matrix.addEventListener("pointerover", (event) => {
    const cell = event.target.closest("a.cell");
    if (cell) cell.title = cell.ariaLabel;
    if (held && cell && cell !== held && departmentOf(cell) === departmentOf(held)) span(held, cell);
  });
  addEventListener("pointerup", () => (held = null));
  matrix.addEventListener("click", (event) => {
    const cell = event.target.closest("a.cell, a.sum");
    if (cell) focusOn(cell);
  });
}

// What spreadsheets save as CSV here is GBK as often as UTF-8.
function textOf(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("gb18030").decode(bytes);
  }
}

for (const chooser of document.querySelectorAll("input[type=file][data-into]")) {
  chooser.addEventListener("change", async () => {
    const [file] = chooser.files;
    if (file) document.getElementById(chooser.dataset.into).value = textOf(await file.arrayBuffer());
  });
}

// A photo goes into its form as base 64, made smaller until it fits; without a script none is asked for.
const photo = document.querySelector("[data-photo]");

if (photo) {
  const most = 90_000;
  const [chooser, field, said] = ["input[type=file]", "input[type=hidden]", "[role=status]"].map((one) => photo.querySelector(one));
  const written = (blob) =>
    new Promise((done, failed) => {
      const reader = new FileReader();
      reader.onload = () => done(reader.result.slice(reader.result.indexOf(",") + 1));
      reader.onerror = failed;
      reader.readAsDataURL(blob);
    });

  async function smaller(file) {
    const picture = await createImageBitmap(file);
    for (let side = 1280; side >= 320; side /= 2) {
      const scale = Math.min(1, side / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [picture.width * scale, picture.height * scale];
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      for (const quality of [0.8, 0.6]) {
        const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
        if (blob.size <= most) return blob;
      }
    }
    throw new Error("too large");
  }

  photo.hidden = false;
  chooser.addEventListener("change", async () => {
    field.value = said.textContent = "";
    const [file] = chooser.files;
    if (!file) return;
    try {
      field.value = await written(await smaller(file));
      said.textContent = said.dataset.ready;
    } catch {
      said.textContent = said.dataset.bad;
    }
  });
}

// On a phone the sections are one row that is wider than the screen.
const strip = document.querySelector("nav.sections");
const here = strip?.querySelector("[aria-current]");
if (here && strip.scrollWidth > strip.clientWidth) strip.scrollLeft = here.offsetLeft - (strip.clientWidth - here.offsetWidth) / 2;

document.querySelector("[autofocus]")?.focus();
