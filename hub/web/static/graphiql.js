// Starts GraphiQL on the query desk. The token lives in its input field and in no other place;
// the query text lasts as long as the browser tab; the server decides everything about access.

const { createElement, useEffect, useState } = window.React;
const { GraphiQL } = window;

const byId = (id) => document.getElementById(id);
const page = JSON.parse(byId("hub-page").textContent);
const fields = { token: byId("token"), purpose: byId("purpose"), caseNumber: byId("case") };
const narrow = window.matchMedia("(max-width: 60rem)");

const WELCOME = `# 选一个示例，或直接在这里提问。
# 公众以外的示例，先填该角色的访问令牌。
# Ctrl+Enter 运行。
# Pick an example or ask here; for any but
# the public's, enter a token of its role.
# Ctrl+Enter runs it.
`;

// ---------------------------------------------------------------- what the page says

function tell(state, zh, en) {
  byId("notice").dataset.state = state;
  byId("again").hidden = state !== "failed";
  const english = document.createElement("span");
  english.lang = "en";
  english.textContent = en;
  byId("notice-text").replaceChildren(zh, " ", english);
}

function tellBusy() {
  tell("busy", "正在读取目录…", "Reading the schema…");
}

function tellSchema(answer) {
  const types = answer.data?.__schema?.types;
  if (types) {
    const count = types.filter((type) => !type.name.startsWith("__")).length;
    tell(
      "ready",
      `已按当前令牌与用途读取目录，共 ${count} 个类型。`,
      `Schema read for this token and purpose: ${count} types.`,
    );
    return;
  }
  const { message = "网关没有说明原因。", extensions = {} } = answer.errors?.[0] ?? {};
  const number = extensions.requestId ? ` [${extensions.requestId}]` : "";
  tell(
    "failed",
    `目录没有读到：${message} 编辑内容已保留，暂无补全和文档。`,
    `The schema could not be read: ${extensions.messageEn ?? extensions.code ?? "no reason given"}${number} ` +
      "Your text is kept; completion and documentation are off.",
  );
}

// ---------------------------------------------------------------- asking the hub

function refusal(code, zh, en) {
  return { errors: [{ message: zh, extensions: { code, messageEn: en } }] };
}

function accessToken() {
  return fields.token.value.trim().replace(/^Bearer\s+/i, "");
}

function hubHeaders() {
  const token = accessToken();
  const purpose = fields.purpose.value;
  const caseNumber = fields.caseNumber.value.trim();
  return {
    ...(token && { Authorization: `Bearer ${token}` }),
    ...(purpose && { "Hub-Purpose": encodeURIComponent(purpose) }),
    ...(caseNumber && { "Hub-Case": encodeURIComponent(caseNumber) }),
  };
}

function post(params, signal) {
  return fetch(page.endpoint, {
    method: "POST",
    headers: {
      Accept: "application/graphql-response+json, application/json",
      "Content-Type": "application/json",
      ...hubHeaders(),
    },
    body: JSON.stringify(params),
    signal,
    cache: "no-store",
    credentials: "omit",
    redirect: "error",
    referrerPolicy: "no-referrer",
  });
}

async function ask(params, signal) {
  if (/[^\x21-\x7e]/.test(accessToken())) {
    return refusal("TOKEN_FORMAT", "令牌里有不能发送的字符，请重新粘贴。", "The token holds characters that cannot be sent; paste it again.");
  }
  let response;
  try {
    response = await post(params, signal);
  } catch (error) {
    if (signal.aborted) {
      throw error;
    }
    return refusal("UNREACHABLE", "连不上网关，请检查网络后重试。", "The hub cannot be reached; check the network and try again.");
  }
  try {
    return await response.json();
  } catch (error) {
    if (signal.aborted) {
      throw error;
    }
    const status = `HTTP ${response.status}`;
    return refusal("NOT_GRAPHQL", `网关没有按 GraphQL 回答（${status}）。`, `The answer is not GraphQL (${status}).`);
  }
}

// An observable rather than a promise: GraphiQL's stop button then really cancels the request.
function cancellable(params) {
  return {
    subscribe(observer) {
      const controller = new AbortController();
      ask(params, controller.signal).then(
        (answer) => {
          observer.next(answer);
          observer.complete();
        },
        (error) => controller.signal.aborted || observer.error(error),
      );
      return { unsubscribe: () => controller.abort() };
    },
  };
}

let schemaRequest = new AbortController();

async function askSchema(params) {
  schemaRequest.abort();
  schemaRequest = new AbortController();
  tellBusy();
  const answer = await ask(params, schemaRequest.signal);
  tellSchema(answer);
  // Without a data key GraphiQL would ask a second time.
  return { data: null, ...answer };
}

function fetcher(params) {
  return params.operationName === "IntrospectionQuery" ? askSchema(params) : cancellable(params);
}

// ---------------------------------------------------------------- what the browser keeps

// GraphiQL writes everything to localStorage, and its history holds headers whatever shouldPersistHeaders says.
// Here pane sizes outlive the tab, questions do not, and headers are never written.
const LAYOUT = /^graphiql:(\w+Flex|visiblePlugin)$/;
const NEVER = /^graphiql:(headers|shouldPersistHeaders)$/;

const placeOf = (key) => (LAYOUT.test(key) ? localStorage : sessionStorage);
const keysOf = (place) => Object.keys(place).filter((key) => key.startsWith("graphiql:"));

const storage = {
  getItem: (key) => placeOf(key).getItem(key),
  setItem: (key, value) => NEVER.test(key) || placeOf(key).setItem(key, value),
  removeItem: (key) => placeOf(key).removeItem(key),
  clear: () => [localStorage, sessionStorage].forEach((place) => keysOf(place).forEach((key) => place.removeItem(key))),
  get length() {
    return keysOf(localStorage).length + keysOf(sessionStorage).length;
  },
};

// ---------------------------------------------------------------- examples

const desk = { editor: null, waiting: null };

function isUntouched({ queryEditor, variableEditor }) {
  const query = queryEditor.getValue().trim();
  const variables = variableEditor.getValue().trim();
  const known = [{ query: "", variables: "" }, { query: WELCOME, variables: "" }, ...page.examples];
  return known.some((one) => one.query.trim() === query && one.variables.trim() === variables);
}

function fill(example, { queryEditor, variableEditor }) {
  queryEditor.setValue(example.query);
  variableEditor.setValue(example.variables);
  // GraphiQL learns the new operation's name a moment later; until then it would send the old one.
  queryEditor.operationName = null;
  if (narrow.matches) {
    byId("examples").open = false;
    byId("editor").scrollIntoView();
  } else {
    queryEditor.focus();
  }
}

function choosePurpose(code) {
  const known = [...fields.purpose.options].some((option) => option.value === code);
  if (code && known && fields.purpose.value !== code) {
    fields.purpose.value = code;
    readSchema();
  }
}

function markCurrent(chosen) {
  document.querySelectorAll(".example[aria-current]").forEach((button) => button.removeAttribute("aria-current"));
  chosen.setAttribute("aria-current", "true");
}

// A text of one's own is never overwritten: the example then opens in a new tab.
function loadExample(button) {
  const { editor } = desk;
  if (!editor?.queryEditor || !editor.variableEditor) {
    return;
  }
  const example = page.examples[Number(button.dataset.example)];
  markCurrent(button);
  choosePurpose(example.purpose);
  if (isUntouched(editor)) {
    fill(example, editor);
  } else {
    desk.waiting = example;
    editor.addTab();
  }
}

// Lives inside GraphiQL, where its hooks work, and hands its editors to the code above.
function Bridge() {
  const editor = GraphiQL.React.useEditorContext({ nonNull: true });
  useEffect(() => {
    desk.editor = editor;
  });
  useEffect(() => {
    if (desk.waiting) {
      fill(desk.waiting, editor);
      desk.waiting = null;
    }
  }, [editor.tabs.length]);
  return null;
}

// ---------------------------------------------------------------- the page

// Each turn first takes the old schema away, then lets GraphiQL read the new one: a docs pane never shows
// what an earlier token could see.
function Desk({ turn }) {
  const [shown, setShown] = useState(turn);
  useEffect(() => setShown(turn), [turn]);
  return createElement(
    GraphiQL,
    {
      fetcher,
      storage,
      schema: shown === turn ? undefined : null,
      defaultQuery: WELCOME,
      defaultEditorToolsVisibility: "variables",
      forcedTheme: "system",
      isHeadersEditorEnabled: false,
      shouldPersistHeaders: false,
      toolbar: { additionalContent: createElement(Bridge, { key: "bridge" }) },
    },
    // Stands where GraphiQL would link to its own site.
    createElement(GraphiQL.Logo, null, createElement("span", { hidden: true })),
  );
}

const root = window.ReactDOM.createRoot(byId("editor"));
let turn = 0;

function readSchema() {
  turn += 1;
  tellBusy();
  root.render(createElement(Desk, { turn }));
}

function onEnter(event) {
  if (event.key === "Enter" && !event.isComposing) {
    event.preventDefault();
    event.currentTarget.blur();
    event.currentTarget.focus();
  }
}

Object.values(fields).forEach((field) => field.addEventListener("change", readSchema));
[fields.token, fields.caseNumber].forEach((field) => field.addEventListener("keydown", onEnter));
byId("again").addEventListener("click", readSchema);
byId("examples").addEventListener("click", (event) => {
  const button = event.target.closest(".example");
  if (button) {
    loadExample(button);
  }
});
byId("examples").open = !narrow.matches;
readSchema();
