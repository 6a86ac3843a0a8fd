// When a request of htmx fails: what failed, what was not done, and "Try again". The words are in the page.
const stack = document.getElementById("toasts");
const failed = document.getElementById("toast-failed");
const said = document.getElementById("toast-said");

function show(template, slots) {
  const toast = template.content.firstElementChild.cloneNode(true);
  for (const [name, text] of Object.entries(slots)) {
    toast.querySelector(`[data-slot="${name}"]`).textContent = text;
  }
  toast.querySelector("[data-close]").addEventListener("click", () => toast.remove());
  stack.append(toast);
  return toast;
}

function explain(status) {
  const words = failed.dataset;
  if (status === "timeout") return words.slow;
  if (status === 0) return words.offline;
  if (status === 401 || status === 403) return words.refused;
  if (status === 404 || status === 410) return words.gone;
  return words.stopped;
}

function repeat(element, config) {
  const event = config?.triggeringEvent;
  if (element instanceof HTMLFormElement) element.requestSubmit(event?.submitter ?? null);
  else window.htmx.trigger(element, event?.type ?? "click");
}

function report(event, status) {
  const { elt: element, requestConfig: config } = event.detail;
  const words = (element.closest("[data-failed]") ?? element).dataset;
  const reading = config?.verb === "get";
  const toast = show(failed, {
    title: words.failed ?? (reading ? failed.dataset.failedRead : failed.dataset.failed),
    text: words.notDone ?? explain(status),
  });
  toast.querySelector("[data-again]").addEventListener("click", () => {
    toast.remove();
    if (element.isConnected) repeat(element, config);
    else window.location.reload();
  });
}

document.addEventListener("htmx:sendError", (event) => report(event, 0));
document.addEventListener("htmx:timeout", (event) => report(event, "timeout"));
document.addEventListener("htmx:responseError", (event) => report(event, event.detail.xhr.status));

// A whole page where a fragment was expected (a session that has ended, a redirect after the deed): go to it.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig: config } = event.detail;
  if (xhr.status >= 300 || !/<html[\s>]/i.test(xhr.responseText.slice(0, 400))) return;
  if (config.elt?.getAttribute("hx-swap") === "none") return;
  event.detail.shouldSwap = false;
  window.location.assign(xhr.responseURL || window.location.href);
});

// A view may say something of its own: HX-Trigger: {"plancraft:notice": {"text": "..."}}.
document.addEventListener("plancraft:notice", (event) => {
  const toast = show(said, { text: event.detail.text });
  window.setTimeout(() => toast.remove(), 8000);
});
