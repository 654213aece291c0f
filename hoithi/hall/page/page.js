// The contestant's page. It speaks the messages of hall/wire.py and promises three things:
// an answer is shown as saved only after the hall said it is on disk; what is not yet saved waits in
// the browser's storage and is sent in order; no decision rests on this device's clock.

const TEXTS = {
  vi: {
    language: "English",
    title: "Phòng thi",
    titleHelp: "Thi trực tuyến",
    enterTitle: "Vào phòng thi",
    enterHelp: "Nhập mã dự thi in trên phiếu. Không phân biệt chữ hoa, chữ thường.",
    code: "Mã dự thi",
    enter: "Vào phòng thi",
    confirmTitle: "Kiểm tra thông tin",
    fullName: "Họ và tên",
    unit: "Đơn vị",
    number: "Số báo danh",
    wrongName: "Nếu họ tên hoặc đơn vị chưa đúng, anh/chị vẫn vào thi được; sau khi công bố kết quả có mục báo sửa họ tên.",
    notMe: "Không phải tôi",
    goOn: "Đúng, tiếp tục",
    rulesTitle: "Thể lệ và đồng ý",
    facts: (items, minutes) => `${items} câu hỏi, ${minutes} phút.`,
    attemptsLeft: (n) => `Còn ${n} lượt thi.`,
    allRequired: "Phải trả lời tất cả các câu mới nộp được bài.",
    signals: "Vòng thi này ghi nhận việc rời trang theo thể lệ.",
    rules: "Thể lệ",
    consent: "Thông tin về dữ liệu cá nhân",
    version: (v) => `Bản ${v}`,
    acceptRules: "Tôi đã đọc và chấp nhận thể lệ",
    acceptConsent: "Tôi đồng ý cho Ban Tổ chức xử lý dữ liệu như đã nêu",
    sampleTitle: "Câu hỏi thử",
    sampleHelp: "Chọn một phương án để làm quen. Câu này không tính điểm.",
    sampleDone: "Đã chọn. Khi thi, “Đã lưu” hiện ở đây sau khi máy chủ đã ghi.",
    start: "Bắt đầu làm bài",
    resume: "Tiếp tục làm bài",
    waitTitle: "Chưa đến giờ mở phòng thi",
    waitHelp: "Trang tự mở khi đến giờ, anh/chị không cần tải lại.",
    opensAt: (time, day) => `Mở lúc ${time.replace(":", "h")} ngày ${day}`,
    closedTitle: "Vòng thi đã kết thúc",
    closedHelp: "Phòng thi không còn nhận lượt thi mới.",
    question: (n, all) => `Câu ${n}/${all}`,
    previous: "Câu trước",
    next: "Câu sau",
    review: "Xem lại",
    flag: "Đánh dấu",
    flagged: "đã đánh dấu",
    list: "Danh sách câu hỏi",
    saved: (t) => `Đã lưu lúc ${t}`,
    savedBefore: "Đã lưu",
    sending: "Đang gửi…",
    waiting: "Chờ mạng: sẽ tự gửi",
    blank: "Chưa trả lời",
    lateSaved: "Đã ghi nhận sau giờ, không tính điểm",
    offline: (n) => `Mất kết nối. ${n} câu trả lời đang chờ và sẽ tự gửi khi có mạng.`,
    offlineNone: "Mất kết nối. Anh/chị cứ làm tiếp, câu trả lời sẽ tự gửi khi có mạng.",
    noStorage: "Trình duyệt không cho lưu tạm. Vui lòng không đóng trang khi đang mất mạng.",
    busy: "Máy chủ đang bận ghi dữ liệu. Trang sẽ tự gửi lại.",
    larger: "Chữ to hơn",
    smaller: "Chữ nhỏ hơn",
    answered: "đã trả lời",
    empty: "chưa trả lời",
    unsent: "chưa gửi",
    reviewTitle: "Xem lại trước khi nộp",
    reviewAll: "Tất cả các câu đã có câu trả lời.",
    reviewEmpty: (list) => `Chưa trả lời: câu ${list}.`,
    prediction: "Câu hỏi dự đoán",
    predictionEmpty: "Chưa trả lời câu hỏi dự đoán.",
    predictionSave: "Ghi dự đoán",
    predictionRange: (a, b) => `Nhập một số từ ${a} đến ${b}.`,
    back: "Trở lại bài làm",
    submit: "Nộp bài",
    offlineSubmit: "Mất kết nối. Bài sẽ tự nộp khi có mạng, anh/chị không cần bấm lại.",
    submitting: "Đang nộp bài…",
    doneTitle: "Đã nộp bài. Cảm ơn anh/chị đã tham gia!",
    doneAuto: "Hết giờ làm bài. Bài của anh/chị đã được nộp tự động.",
    doneFacts: (a, t) => `Đã ghi ${a}/${t} câu trả lời.`,
    doneAt: (time, day) => `Thời điểm nộp: ${time} ngày ${day}.`,
    receipt: "Mã biên nhận",
    receiptHelp: "Anh/chị chụp lại hoặc ghi lại mã này. Sau khi công bố, mã cho phép kiểm tra bài của mình đã được tính.",
    nonce: "Số kèm theo biên nhận",
    attempt: "Mã lượt thi",
    results: "Xem kết quả khi được công bố",
    another: "Người khác thi trên máy này",
    again: "Thi thêm lượt nữa",
    timeUp: "Hết giờ. Đang nhận biên nhận từ máy chủ…",
    left: (t) => `Còn ${t}`,
    hurry5: "Còn 5 phút.",
    hurry1: "Còn 1 phút.",
    otherDevice: "Bài thi đang mở trên một máy khác. Nếu tiếp tục ở đây, máy kia sẽ không ghi thêm được câu trả lời nào.",
    takeOver: "Tiếp tục trên máy này",
    staleDevice: "Bài thi đã được chuyển sang máy khác. Máy này không ghi thêm câu trả lời.",
    otherTab: "Bài thi đang mở ở thẻ khác của trình duyệt. Thẻ này không ghi câu trả lời.",
    useThisTab: "Làm bài ở thẻ này",
    voided: "Lượt thi này đã được Ban Tổ chức hủy, có lý do ghi trong biên bản. Vui lòng liên hệ cán bộ đầu mối của đơn vị.",
    retry: "Thử lại",
    errors: {
      code_mistyped: "Mã có ký tự gõ nhầm. Vui lòng xem lại phiếu và nhập lại.",
      code_unknown: "Không tìm thấy mã này. Vui lòng xem lại phiếu hoặc hỏi cán bộ đầu mối.",
      code_replaced: "Mã này đã được thay bằng phiếu mới. Vui lòng dùng phiếu mới nhất.",
      token_invalid: "Phiên làm bài không còn hiệu lực. Vui lòng nhập lại mã dự thi.",
      not_open: "Phòng thi chưa mở.",
      closed: "Vòng thi đã kết thúc.",
      no_attempts_left: "Anh/chị đã dùng hết số lượt thi theo thể lệ.",
      too_many: "Có quá nhiều mã sai từ nơi này. Vui lòng chờ ít phút rồi thử lại.",
      unavailable: "Máy chủ tạm thời chưa ghi được dữ liệu. Vui lòng thử lại sau ít giây.",
      incomplete: "Thể lệ yêu cầu trả lời tất cả các câu trước khi nộp.",
      network: "Chưa kết nối được với phòng thi. Vui lòng kiểm tra mạng rồi thử lại.",
      other: "Phòng thi chưa nhận được yêu cầu này. Vui lòng thử lại.",
    },
  },
  en: {
    language: "Tiếng Việt",
    title: "Exam hall",
    titleHelp: "Online contest",
    enterTitle: "Enter the exam hall",
    enterHelp: "Type the code printed on your slip. Capitals do not matter.",
    code: "Access code",
    enter: "Enter",
    confirmTitle: "Check your details",
    fullName: "Full name",
    unit: "Unit",
    number: "Contestant number",
    wrongName: "If your name or unit is wrong you can still sit the exam; after publication there is a form to have it corrected.",
    notMe: "This is not me",
    goOn: "Correct, go on",
    rulesTitle: "Rules and consent",
    facts: (items, minutes) => `${items} questions, ${minutes} minutes.`,
    attemptsLeft: (n) => `Attempts left: ${n}.`,
    allRequired: "Every question must be answered before you can hand in.",
    signals: "As its rules announce, this round records when you leave the page.",
    rules: "Rules",
    consent: "About your personal data",
    version: (v) => `Version ${v}`,
    acceptRules: "I have read and accept the rules",
    acceptConsent: "I agree that the committee processes my data as described",
    sampleTitle: "Sample question",
    sampleHelp: "Choose an option to get used to it. This one does not count.",
    sampleDone: "Chosen. In the exam “Saved” shows here once the server has it.",
    start: "Start",
    resume: "Go on with my paper",
    waitTitle: "The exam hall is not open yet",
    waitHelp: "The page opens by itself; there is no need to reload.",
    opensAt: (time, day) => `Opens at ${time} on ${day}`,
    closedTitle: "The round is over",
    closedHelp: "The hall takes no new attempts.",
    question: (n, all) => `Question ${n}/${all}`,
    previous: "Previous",
    next: "Next",
    review: "Review",
    flag: "Flag",
    flagged: "flagged",
    list: "List of questions",
    saved: (t) => `Saved at ${t}`,
    savedBefore: "Saved",
    sending: "Sending…",
    waiting: "No network: sends by itself",
    blank: "Not answered",
    lateSaved: "Recorded after the end, does not count",
    offline: (n) => `No connection. Answers waiting: ${n}. They will be sent by themselves.`,
    offlineNone: "No connection. Please go on, answers will be sent by themselves.",
    noStorage: "The browser forbids keeping answers. Please do not close the page while offline.",
    busy: "The server is busy writing. The page will send again by itself.",
    larger: "Larger text",
    smaller: "Smaller text",
    answered: "answered",
    empty: "not answered",
    unsent: "not sent",
    reviewTitle: "Review before handing in",
    reviewAll: "Every question has an answer.",
    reviewEmpty: (list) => `Not answered: question ${list}.`,
    prediction: "Prediction",
    predictionEmpty: "The prediction is not answered.",
    predictionSave: "Record prediction",
    predictionRange: (a, b) => `Enter a number from ${a} to ${b}.`,
    back: "Back to the paper",
    submit: "Hand in",
    offlineSubmit: "No connection. Your paper will be handed in by itself, no need to press again.",
    submitting: "Handing in…",
    doneTitle: "Handed in. Thank you for taking part!",
    doneAuto: "Time is over. Your paper was handed in automatically.",
    doneFacts: (a, t) => `Answers recorded: ${a}/${t}.`,
    doneAt: (time, day) => `Handed in at ${time} on ${day}.`,
    receipt: "Receipt",
    receiptHelp: "Please note it or take a picture. After publication it shows that your paper was counted.",
    nonce: "Number that belongs to the receipt",
    attempt: "Attempt",
    results: "See the results once they are published",
    another: "Somebody else uses this device",
    again: "One more attempt",
    timeUp: "Time is over. Fetching your receipt…",
    left: (t) => `${t} left`,
    hurry5: "5 minutes left.",
    hurry1: "1 minute left.",
    otherDevice: "Your paper is open on another device. If you go on here, that device can no longer store answers.",
    takeOver: "Go on here",
    staleDevice: "Your paper has moved to another device. This one stores no more answers.",
    otherTab: "Your paper is open in another tab. This one stores no answers.",
    useThisTab: "Work in this tab",
    voided: "The committee has made this attempt void, for a reason in the minutes. Please ask your unit officer.",
    retry: "Try again",
    errors: {
      code_mistyped: "A character is mistyped. Please compare with your slip.",
      code_unknown: "This code is not known. Please check your slip or ask your unit officer.",
      code_replaced: "A newer slip replaces this code. Please use the newest one.",
      token_invalid: "Please enter your code again.",
      not_open: "The hall is not open yet.",
      closed: "The round is over.",
      no_attempts_left: "You have used all attempts that the rules allow.",
      too_many: "Too many wrong codes from here. Please wait a few minutes.",
      unavailable: "The server cannot store data right now. Please try again in a few seconds.",
      incomplete: "The rules want every question answered before handing in.",
      network: "The hall cannot be reached. Please check the network and try again.",
      other: "The hall did not take this request. Please try again.",
    },
  },
};

const API = "v1/";
const MOST_SAVES = 200; // rows in one request: stays below the hall's 16 kB
const LONGEST_WAIT_MS = 15_000;

// ---- storage: may be forbidden or full; then the page goes on from memory and says so

const store = {
  memory: new Map(),
  durable: true,
  read(key) {
    try {
      const text = localStorage.getItem(`thi.${key}`);
      return text === null ? (this.memory.get(key) ?? null) : JSON.parse(text);
    } catch {
      this.durable = false;
      return this.memory.get(key) ?? null;
    }
  },
  write(key, value) {
    this.memory.set(key, value);
    try {
      localStorage.setItem(`thi.${key}`, JSON.stringify(value));
      this.durable = true;
    } catch {
      this.durable = false;
    }
  },
  drop(key) {
    this.memory.delete(key);
    try {
      localStorage.removeItem(`thi.${key}`);
    } catch {
      this.durable = false;
    }
  },
};

// ---- the hall's clock: server time plus this device's monotonic counter, never its date

const clock = {
  base: null,
  at: 0,
  set(serverMs, sentAt) {
    const now = performance.now();
    this.base = serverMs + (now - sentAt) / 2;
    this.at = now;
  },
  now() {
    return this.base === null ? null : Math.round(this.base + performance.now() - this.at);
  },
};

function clockTime(ms, seconds = true) {
  const options = { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Ho_Chi_Minh", hour12: false };
  if (seconds) options.second = "2-digit";
  return new Intl.DateTimeFormat("vi-VN", options).format(ms);
}

function day(ms) {
  const options = { day: "2-digit", month: "2-digit", year: "numeric", timeZone: "Asia/Ho_Chi_Minh" };
  return new Intl.DateTimeFormat("vi-VN", options).format(ms);
}

function span(ms) {
  const all = Math.max(0, Math.ceil(ms / 1000));
  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(all / 3600);
  const rest = `${two(Math.floor((all % 3600) / 60))}:${two(all % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}

// ---- what the page knows

const page = {
  language: store.read("language") ?? "vi",
  size: store.read("size") ?? 0,
  who: null, // the EnterReply
  token: null,
  paper: null, // the StartReply's items
  attempt: null,
  answers: [],
  prediction: -1,
  predictionText: "",
  lastSeq: 0, // the last number given to an answer in this epoch
  acknowledged: 0, // the last number the hall has on disk
  queue: [], // rows [number, position, option, time] not yet acknowledged
  savedAt: new Map(), // position → hall time of the acknowledgement, if it came to this page
  flags: new Set(),
  at: 0, // the position shown
  deadline: null,
  pulseMs: 4000,
  net: "ok", // ok | down | busy
  active: true, // false in a second tab or on a device that was replaced
  late: false,
  sending: false, // a save or the handing in is on its way
  submitWanted: false, // hand in as soon as nothing waits any more
  submitProblem: "",
  ended: false,
  warned: 0,
};

const t = new Proxy({}, { get: (_, key) => TEXTS[page.language][key] });
const explain = (error) => t.errors[error] ?? t.errors.other;

// ---- talking to the hall

async function call(path, body) {
  const sentAt = performance.now();
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), LONGEST_WAIT_MS);
  const headers = { "Content-Type": "application/json" };
  if (page.token) headers["X-Thi-Token"] = page.token;
  try {
    const response = await fetch(API + path, {
      method: "POST", headers, body: JSON.stringify(body), cache: "no-store",
      credentials: "omit", signal: stop.signal,
    });
    const reply = await response.json();
    if (reply.now_ms) clock.set(reply.now_ms, sentAt);
    return { status: response.status, reply, wait: Number(response.headers.get("Retry-After")) * 1000 };
  } catch {
    return { status: 0, reply: { error: "network" }, wait: 0 };
  } finally {
    clearTimeout(timer);
  }
}

function deviceId() {
  let id = store.read("device");
  if (!id) {
    id = Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
    store.write("device", id);
  }
  return id;
}

async function enter(code) {
  page.token = null;
  const { status, reply } = await call("enter", { code });
  if (status !== 200) return reply.error;
  page.who = reply;
  page.token = reply.token;
  remember();
  if (reply.state === "submitted") showDone(reply.receipt);
  else if (reply.state === "closed") showClosed();
  else showConfirm();
  return null;
}

function remember(receipt = null) {
  store.write("session", { who: page.who, token: page.token, started: page.paper !== null, receipt });
}

async function start(takeOver = false) {
  const { status, reply } = await call("start", {
    device: deviceId(),
    regulation: page.who.regulation.version,
    consent: page.who.consent.version,
    take_over: takeOver,
  });
  if (status === 200) {
    if (page.who.state !== "open" && page.who.attempts_left !== null) page.who.attempts_left -= 1;
    page.who.state = "open";
    openPaper(reply);
    return null;
  }
  if (reply.error === "other_device") showNote("otherDevice", ["takeOver", () => start(true)]);
  else if (reply.error === "not_open") showWaiting(reply.opens_ms ?? page.who.opens_ms);
  else if (reply.error === "closed") showClosed();
  else if (reply.error === "voided") showNote("voided");
  else if (reply.error === "submitted" || reply.error === "no_attempts_left") await fetchReceipt();
  else if (status === 401) showEnter(explain(reply.error));
  else return reply.error;
  return null;
}

function openPaper(reply) {
  page.token = reply.token;
  page.paper = reply.paper;
  page.attempt = reply.attempt;
  page.answers = [...reply.answers];
  page.prediction = reply.prediction;
  page.predictionText = reply.prediction < 0 ? "" : String(reply.prediction);
  page.deadline = reply.deadline_ms;
  page.pulseMs = reply.pulse_ms;
  page.acknowledged = reply.last_seq;
  page.lastSeq = reply.last_seq;
  page.queue = [];
  page.ended = false;
  page.active = true;
  page.late = false;
  page.savedAt = new Map();
  const place = store.read(`place.${page.attempt}`);
  page.at = place?.at ?? 0;
  page.flags = new Set(place?.flags);
  // What this browser had not sent before a reload or a crash goes first. After another device had
  // its turn, what the hall holds is newer: then only gaps are filled.
  const kept = store.read(`queue.${page.attempt}`);
  const held = (position) => (position < 0 ? reply.prediction : reply.answers[position]) >= 0;
  for (const [number, position, option, at] of kept?.queue ?? []) {
    if (kept.epoch === reply.epoch ? number > reply.last_seq : !held(position)) put(position, option, at);
  }
  page.epoch = reply.epoch;
  keepQueue();
  remember();
  claimTab();
  showExam();
  pulseLater();
  flush();
}

function keepQueue() {
  store.write(`queue.${page.attempt}`, { epoch: page.epoch, queue: page.queue });
}

function keepPlace() {
  store.write(`place.${page.attempt}`, { at: page.at, flags: [...page.flags] });
}

function put(position, option, at) {
  page.lastSeq += 1;
  page.queue.push([page.lastSeq, position, option, at]);
  page.savedAt.delete(position);
  if (position < 0) page.prediction = option;
  else page.answers[position] = option;
}

function answer(position, option) {
  if (!page.active || page.ended) return;
  put(position, option, clock.now() ?? -1);
  keepQueue();
  redraw();
  flush();
}

let failures = 0;
let retryTimer = null;

function later(wait, what = flush) {
  failures += 1;
  const backoff = Math.min(LONGEST_WAIT_MS, 500 * 2 ** failures);
  clearTimeout(retryTimer);
  retryTimer = setTimeout(what, Math.max(wait, backoff * (0.5 + Math.random() / 2)));
}

// Sends what is not yet acknowledged, in order, one request at a time; hands in after the last.
async function flush() {
  if (page.sending || !page.active) return;
  clearTimeout(retryTimer);
  if (!page.queue.length) {
    if (page.submitWanted) handIn();
    return;
  }
  page.sending = true;
  redraw();
  const rows = page.queue.slice(0, MOST_SAVES);
  const { status, reply, wait } = await call("save", { saves: rows });
  page.sending = false;
  if (status === 200 || status === 202) {
    failures = 0;
    page.net = "ok";
    page.late = status === 202;
    page.deadline = reply.deadline_ms;
    acknowledge(reply.acknowledged, reply.now_ms);
  } else if (status === 0 || status === 503 || status === 429 || status >= 500) {
    page.net = status === 0 ? "down" : "busy";
    later(wait);
  } else if (reply.error === "gap" || reply.error === "conflict") {
    await resume();
  } else if (reply.error === "stale_device") {
    showStale();
    return;
  } else if (reply.error === "submitted") {
    await fetchReceipt();
    return;
  } else if (reply.error === "voided") {
    page.active = false;
    showNote("voided");
    return;
  } else if (status === 401) {
    page.active = false;
    showEnter(explain(reply.error));
    return;
  } else {
    page.net = "busy";
    later(LONGEST_WAIT_MS);
  }
  redraw();
  if (page.net === "ok") flush();
}

function acknowledge(upTo, now) {
  page.acknowledged = upTo;
  const waiting = new Set(page.queue.filter((row) => row[0] > upTo).map((row) => row[1]));
  for (const [number, position, option] of page.queue) {
    if (number <= upTo && !waiting.has(position)) {
      if (option >= 0) page.savedAt.set(position, now);
      else page.savedAt.delete(position);
    }
  }
  page.queue = page.queue.filter((row) => row[0] > upTo);
  keepQueue();
}

// Asks the hall where the attempt stands and puts the unsent answers on top of it.
async function resume() {
  const error = await start();
  if (error) {
    page.net = error === "network" ? "down" : "busy";
    later(0);
  }
}

async function fetchReceipt() {
  const { status, reply } = await call("pulse", {});
  if (status === 200 && reply.receipt) {
    showDone(reply.receipt);
    return true;
  }
  return false;
}

function submit() {
  page.submitWanted = true;
  page.submitProblem = "";
  redraw();
  flush();
}

async function handIn() {
  page.sending = true;
  const { status, reply, wait } = await call("submit", { last_seq: page.lastSeq });
  page.sending = false;
  if (status === 200) {
    showDone(reply);
    return;
  }
  if (status === 0 || status === 429 || status >= 500) {
    page.net = status === 0 ? "down" : "busy";
    later(wait);
    redraw();
    return;
  }
  page.submitWanted = false;
  if (reply.error === "stale_device") showStale();
  else if (reply.error === "submitted" && (await fetchReceipt())) return;
  else if (reply.error === "gap") await resume();
  else page.submitProblem = reply.error;
  redraw();
}

function showStale() {
  page.active = false;
  showNote("staleDevice", ["takeOver", () => start(true)]);
}

let pulseTimer = null;

// Never all in the same moment, and sooner while a receipt is awaited.
function pulseLater() {
  const share = page.ended ? Math.random() : 0.8 + Math.random() * 0.4;
  clearTimeout(pulseTimer);
  pulseTimer = setTimeout(pulse, page.pulseMs * share);
}

async function pulse() {
  clearTimeout(pulseTimer);
  if (!page.token || view === "enter" || view === "done") return;
  const { status, reply } = await call("pulse", {});
  if (status === 200) {
    page.pulseMs = reply.pulse_ms;
    if (page.net === "down") {
      page.net = "ok";
      flush();
    }
    if (page.who) {
      page.who.opens_ms = reply.opens_ms;
      page.who.closes_ms = reply.closes_ms;
    }
    if (view === "waiting") opensAt = reply.opens_ms;
    if (reply.deadline_ms && reply.deadline_ms !== page.deadline) {
      page.deadline = reply.deadline_ms;
      page.warned = 0;
      if (page.ended && page.active && page.paper && page.deadline > reply.now_ms) {
        page.ended = false;
        showExam();
      }
    }
    if (reply.receipt && page.paper && reply.state === "submitted") showDone(reply.receipt);
  } else if (status === 0) {
    page.net = "down";
  } else if (status === 401) {
    showEnter(explain(reply.error));
    return;
  }
  redraw();
  pulseLater();
}

// ---- one tab at a time: a second one is told and stores nothing

const tabId = Math.random().toString(36).slice(2);
const tabs = "BroadcastChannel" in window ? new BroadcastChannel("thi") : null;

function claimTab() {
  tabs?.postMessage({ kind: "claim", attempt: page.attempt, tab: tabId });
}

tabs?.addEventListener("message", ({ data }) => {
  if (data.tab === tabId || data.attempt !== page.attempt || !page.paper) return;
  if (data.kind === "claim" && page.active) {
    tabs.postMessage({ kind: "held", attempt: page.attempt, tab: tabId, to: data.tab });
  } else if ((data.kind === "held" && data.to === tabId) || data.kind === "take") {
    page.active = false;
    showNote("otherTab", ["useThisTab", takeTab]);
  }
});

async function takeTab() {
  tabs.postMessage({ kind: "take", attempt: page.attempt, tab: tabId });
  page.active = true;
  await resume();
}

// ---- drawing

const $ = (id) => document.getElementById(id);
let view = "";
let redraw = () => {};
let opensAt = null;

function h(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "class") node.className = value;
    else if (key in node && key !== "list") node[key] = value;
    else node.setAttribute(key, value);
  }
  node.append(...children.filter(Boolean));
  return node;
}

// Screen readers speak a status again when it is written again, so only news is written.
function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

const button = (label, onclick, kind = "main") => h("button", { type: "button", class: kind, onclick }, label);

function show(name, ...children) {
  view = name;
  redraw = () => drawBar();
  document.documentElement.lang = page.language;
  document.title = page.who ? `${t.title} · ${page.who.title}` : t.title;
  $("view").className = name;
  $("view").replaceChildren(...children.filter(Boolean));
  $("view").focus({ preventScroll: true });
  window.scrollTo(0, 0);
  drawBar();
  drawFoot();
  tick();
}

const unsent = () => new Set(page.queue.map((row) => row[1]));

function drawBar() {
  const [first, second] = $("who").children;
  say(first, page.who ? page.who.name : t.title);
  say(second, page.who ? `${t.number}: ${page.who.number}` : t.titleHelp);
  let message = "";
  if (page.net === "busy") message = t.busy;
  else if (page.net === "down" && page.submitWanted) message = t.offlineSubmit;
  else if (page.net === "down") message = page.queue.length ? t.offline(unsent().size) : t.offlineNone;
  else if (!store.durable && view === "exam") message = t.noStorage;
  const band = $("net");
  say(band, message);
  band.hidden = !message;
}

function drawFoot() {
  $("foot").hidden = false;
  $("foot").replaceChildren(
    button("A−", () => resize(-1), "tool"),
    button("A+", () => resize(1), "tool"),
    button(t.language, switchLanguage, "tool"),
  );
  $("foot").children[0].setAttribute("aria-label", t.smaller);
  $("foot").children[1].setAttribute("aria-label", t.larger);
  resize(0);
}

function resize(by) {
  page.size = Math.min(3, Math.max(0, page.size + by));
  store.write("size", page.size);
  document.documentElement.dataset.size = page.size;
  $("foot").children[0].disabled = page.size === 0;
  $("foot").children[1].disabled = page.size === 3;
}

let again = () => {};

function switchLanguage() {
  page.language = page.language === "vi" ? "en" : "vi";
  store.write("language", page.language);
  again();
}

function showEnter(problem = "") {
  again = () => showEnter();
  page.who = null;
  page.paper = null;
  page.token = null;
  store.drop("session");
  const error = h("p", { class: "note bad", role: "alert", hidden: !problem }, problem);
  const input = h("input", {
    id: "code", name: "code", autocomplete: "off", autocapitalize: "characters", spellcheck: false,
    inputMode: "text", maxLength: 24, required: true, "aria-describedby": "code-help",
  });
  const go = h("button", { class: "main" }, t.enter);
  const form = h(
    "form",
    {
      onsubmit: async (event) => {
        event.preventDefault();
        go.disabled = true;
        const failed = await enter(input.value);
        go.disabled = false;
        if (failed && view === "enter") {
          error.textContent = explain(failed);
          error.hidden = false;
          input.focus();
        }
      },
    },
    h("label", { htmlFor: "code" }, t.code),
    input,
    h("p", { id: "code-help", class: "quiet" }, t.enterHelp),
    error,
    go,
  );
  show("enter", h("h1", {}, t.enterTitle), form);
}

function showConfirm() {
  again = showConfirm;
  const who = page.who;
  const facts = h("dl", {});
  for (const [name, value] of [[t.fullName, who.name], [t.unit, who.unit], [t.number, who.number]]) {
    facts.append(h("dt", {}, name), h("dd", {}, value));
  }
  show(
    "confirm",
    h("p", { class: "over" }, who.title),
    h("h1", {}, t.confirmTitle),
    facts,
    h("p", { class: "quiet" }, t.wrongName),
    h("div", { class: "actions" }, button(t.goOn, who.state === "open" ? showResume : showRules), button(t.notMe, () => showEnter(), "plain")),
  );
}

function showResume() {
  again = showResume;
  showStartButton("rules", h("h1", {}, page.who.title), t.resume, []);
}

function showRules() {
  again = showRules;
  const who = page.who;
  const lines = [t.facts(who.items, Math.round(who.duration_ms / 60000))];
  if (who.attempts_left !== null) lines.push(t.attemptsLeft(who.attempts_left));
  if (who.all_required) lines.push(t.allRequired);
  if (who.signals) lines.push(t.signals);
  const tick = (id, text) => h("label", { class: "tick", htmlFor: id }, h("input", { type: "checkbox", id }), h("span", {}, text));
  const boxes = [tick("accept-rules", t.acceptRules), tick("accept-consent", t.acceptConsent)];
  const paper = (heading, text) =>
    h("details", {}, h("summary", {}, `${heading} (${t.version(text.version)})`), ...text.text.split(/\n+/).map((line) => h("p", {}, line)));
  showStartButton(
    "rules",
    h("div", {},
      h("h1", {}, t.rulesTitle),
      h("p", {}, lines.join(" ")),
      paper(t.rules, who.regulation),
      paper(t.consent, who.consent),
      sample(who.sample),
      ...boxes,
    ),
    t.start,
    boxes.map((box) => box.firstChild),
  );
}

function sample(question) {
  const done = h("p", { class: "quiet", role: "status" }, t.sampleHelp);
  const options = question.options.map((text, index) => option("sample", index, text, () => {
    options.forEach((each, at) => each.classList.toggle("chosen", at === index));
    done.textContent = t.sampleDone;
  }));
  return h("fieldset", { class: "sample" }, h("legend", {}, `${t.sampleTitle}: ${question.stem}`), ...options, done);
}

function option(name, index, text, onchange) {
  return h("label", { class: "option" },
    h("input", { type: "radio", name, value: index, onchange }),
    h("span", { class: "letter", "aria-hidden": "true" }, "ABCDEFGH"[index]),
    h("span", {}, text));
}

function showStartButton(name, top, label, boxes) {
  const error = h("p", { class: "note bad", role: "alert", hidden: true });
  const go = button(label, async () => {
    go.disabled = true;
    const now = clock.now();
    const failed = now !== null && now < page.who.opens_ms ? (showWaiting(page.who.opens_ms), null) : await start();
    go.disabled = false;
    if (failed) {
      error.textContent = explain(failed);
      error.hidden = false;
    }
  });
  const check = () => (go.disabled = boxes.some((box) => !box.checked));
  boxes.forEach((box) => box.addEventListener("change", check));
  check();
  show(name, top, h("div", { class: "actions" }, go), error);
}

function showWaiting(opens) {
  again = () => showWaiting(opensAt);
  opensAt = opens;
  const jitter = Math.random() * 2000;
  const count = h("p", { class: "count", role: "timer" });
  const when = h("p", {});
  show("waiting", h("p", { class: "over" }, page.who.title), h("h1", {}, t.waitTitle), count, when, h("p", { class: "quiet" }, t.waitHelp));
  let starting = false;
  redraw = async () => {
    drawBar();
    if (clock.now() === null) return;
    const left = opensAt - clock.now();
    say(count, span(left));
    say(when, t.opensAt(clockTime(opensAt, false), day(opensAt)));
    if (left + jitter <= 0 && !starting) {
      starting = true;
      const failed = await start();
      if (failed) setTimeout(() => (starting = false), 2000);
    }
  };
  redraw();
  pulse();
}

function showClosed() {
  again = showClosed;
  show("closed", h("h1", {}, t.closedTitle), h("p", {}, t.closedHelp), button(t.another, () => showEnter(), "plain"));
}

// `text` names a sentence or an error of TEXTS; `action` is [name of its label, what it does].
function showNote(text, action = null) {
  again = () => showNote(text, action);
  show("notice", h("p", { class: "note", role: "alert" }, t[text] ?? explain(text)), action && h("div", { class: "actions" }, button(t[action[0]], action[1])));
}

function showExam() {
  again = showExam;
  page.submitWanted = false;
  const all = page.paper.length;
  const heading = h("h1", { id: "stem", tabIndex: -1 });
  const place = h("p", { class: "place" });
  const options = h("div", { class: "options", role: "radiogroup", "aria-labelledby": "stem" });
  const status = h("p", { class: "status", role: "status" });
  const flag = button("", () => {
    if (!page.flags.delete(page.at)) page.flags.add(page.at);
    keepPlace();
    redraw();
  }, "tool flag");
  const back = button(t.previous, () => move(-1), "plain");
  const next = button(t.next, () => move(1));
  const dots = h("nav", { class: "dots", "aria-label": t.list });
  page.paper.forEach((_, index) => dots.append(h("button", { type: "button", onclick: () => go(index) }, String(index + 1))));
  const review = button(t.review, showReview, "plain");
  const warning = h("p", { class: "hidden-text", role: "alert" });
  show("exam", h("div", { class: "row" }, place, flag), heading, options, status, h("div", { class: "steps" }, back, next), dots, h("div", { class: "actions" }, review), warning);
  let drawn = -1;

  function go(index) {
    page.at = index;
    keepPlace();
    redraw();
    heading.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }

  function move(by) {
    if (page.at + by >= all) showReview();
    else go(Math.max(0, page.at + by));
  }

  function drawQuestion() {
    drawn = page.at;
    const item = page.paper[page.at];
    place.textContent = t.question(page.at + 1, all);
    heading.textContent = item.stem;
    options.replaceChildren(...item.options.map((text, index) =>
      option("option", index, text, () => answer(page.at, index))));
  }

  redraw = () => {
    if (view !== "exam") return;
    drawBar();
    if (drawn !== page.at) drawQuestion();
    const chosen = page.answers[page.at];
    for (const [index, label] of [...options.children].entries()) {
      label.firstChild.checked = index === chosen;
      label.classList.toggle("chosen", index === chosen);
      label.firstChild.disabled = page.ended || !page.active;
    }
    say(status, statusOf(page.at));
    status.dataset.state = stateOf(page.at);
    const flagged = page.flags.has(page.at);
    flag.textContent = t.flag;
    flag.setAttribute("aria-pressed", String(flagged));
    back.disabled = page.at === 0;
    next.textContent = page.at === all - 1 ? t.review : t.next;
    review.classList.toggle("absent", page.at === all - 1);
    [...dots.children].forEach((dot, index) => {
      const state = stateOf(index);
      dot.dataset.state = state;
      dot.dataset.flag = page.flags.has(index) ? "yes" : "";
      dot.setAttribute("aria-current", String(index === page.at));
      const words = state === "saved" ? t.answered : state === "empty" ? t.empty : t.unsent;
      dot.setAttribute("aria-label", `${t.question(index + 1, all)}, ${words}${page.flags.has(index) ? `, ${t.flagged}` : ""}`);
    });
    say(warning, page.warned === 1 ? t.hurry1 : page.warned === 5 ? t.hurry5 : "");
  };
  redraw();
  page.moveBy = move;
  page.choose = (index) => {
    const choice = options.children[index]?.firstChild;
    if (choice && !choice.disabled) choice.click();
  };
}

function stateOf(position) {
  if (unsent().has(position)) return "waiting";
  const value = position < 0 ? page.prediction : page.answers[position];
  return value >= 0 ? "saved" : "empty";
}

function statusOf(position) {
  const state = stateOf(position);
  if (state === "empty") return t.blank;
  if (state === "waiting") return page.net === "ok" ? t.sending : t.waiting;
  if (page.late) return t.lateSaved;
  return page.savedAt.has(position) ? t.saved(clockTime(page.savedAt.get(position))) : t.savedBefore;
}

function showReview() {
  again = showReview;
  page.submitProblem = "";
  const empty = page.answers.flatMap((option, index) => (option < 0 ? [index] : []));
  const error = h("p", { class: "note bad", role: "alert", hidden: true });
  const list = h("div", { class: "jump" });
  empty.forEach((index) => {
    const jump = button(String(index + 1), () => { page.at = index; keepPlace(); showExam(); }, "tool");
    jump.setAttribute("aria-label", t.question(index + 1, page.answers.length));
    list.append(jump);
  });
  const prediction = page.who.prediction && predictionField(page.who.prediction);
  const go = button(t.submit, () => {
    if (prediction && !prediction.record()) $("prediction").focus();
    else submit();
  });
  show(
    "review",
    h("h1", {}, t.reviewTitle),
    h("p", { class: empty.length ? "note" : "note good" }, empty.length ? t.reviewEmpty(empty.map((i) => i + 1).join(", ")) : t.reviewAll),
    list,
    prediction?.field,
    h("div", { class: "actions" }, go, button(t.back, showExam, "plain")),
    error,
  );
  redraw = () => {
    drawBar();
    prediction?.draw();
    go.disabled = page.submitWanted;
    say(go, page.submitWanted ? t.submitting : t.submit);
    say(error, page.submitProblem && explain(page.submitProblem));
    error.hidden = !page.submitProblem;
  };
  redraw();
}

function predictionField(prompt) {
  const status = h("p", { class: "status", role: "status", id: "prediction-status" });
  const input = h("input", {
    id: "prediction", type: "text", inputMode: "numeric", autocomplete: "off", maxLength: 12,
    value: page.predictionText, "aria-describedby": "prediction-status",
    oninput: () => (page.predictionText = input.value),
  });
  let wrong = "";
  const draw = () => {
    say(status, wrong || (stateOf(-1) === "empty" ? t.predictionEmpty : statusOf(-1)));
    status.dataset.state = wrong ? "wrong" : stateOf(-1);
  };
  const record = () => {
    const typed = input.value.trim();
    const value = Number(typed.replace(/[.\s]/g, ""));
    const fits = /^[\d.\s]+$/.test(typed) && value >= prompt.minimum && value <= prompt.maximum;
    const shown = (number) => number.toLocaleString("vi-VN");
    wrong = !typed || fits ? "" : t.predictionRange(shown(prompt.minimum), shown(prompt.maximum));
    if (typed && fits && value !== page.prediction) answer(-1, value);
    draw();
    return !wrong;
  };
  input.addEventListener("change", record);
  const field = h("div", { class: "field" }, h("label", { htmlFor: "prediction" }, prompt.prompt), input, status, button(t.predictionSave, record, "plain"));
  return { field, draw, record };
}

function showDone(receipt) {
  again = () => showDone(receipt);
  page.active = false;
  page.ended = true;
  page.paper = null;
  page.queue = [];
  page.net = "ok";
  page.submitWanted = false;
  page.who.state = "submitted";
  store.drop(`queue.${receipt.attempt}`);
  store.drop(`place.${receipt.attempt}`);
  remember(receipt);
  const more = page.who.attempts_left !== 0 && page.who.closes_ms > clock.now();
  show(
    "done",
    h("p", { class: "over" }, page.who.title),
    h("h1", {}, receipt.automatic ? t.doneAuto : t.doneTitle),
    h("p", {}, `${t.doneFacts(receipt.answered, receipt.total)} ${t.doneAt(clockTime(receipt.submitted_ms), day(receipt.submitted_ms))}`),
    h("div", { class: "receipt" }, h("p", {}, t.receipt), h("p", { class: "code" }, receipt.receipt)),
    h("p", { class: "quiet" }, t.receiptHelp),
    h("details", {}, h("summary", {}, t.attempt), h("p", { class: "fine" }, `${t.attempt}: ${receipt.attempt}`), h("p", { class: "fine" }, `${t.nonce}: ${receipt.nonce}`)),
    page.who.results_url && h("p", {}, h("a", { href: page.who.results_url }, t.results)),
    h("div", { class: "actions" }, more && button(t.again, showRules, "plain"), button(t.another, () => showEnter(), "plain")),
  );
}

// ---- the clock on the screen, four times a second

function tick() {
  const now = clock.now();
  const shown = page.paper && page.deadline && now !== null && view !== "done";
  const time = $("time");
  if (shown) {
    const left = page.deadline - now;
    say(time, t.left(span(left)));
    time.dataset.hurry = left <= 60_000 ? "1" : left <= 300_000 ? "5" : "";
    const warned = left <= 60_000 ? 1 : left <= 300_000 ? 5 : 0;
    if (warned !== page.warned) {
      page.warned = warned;
      redraw();
    }
    if (left <= 0 && !page.ended) timeIsUp();
  } else {
    say(time, "");
  }
  if (view === "waiting") redraw();
}

function timeIsUp() {
  page.ended = true;
  redraw();
  flush();
  if (page.active) showNote("timeUp");
  pulseLater();
}

// ---- keys, and coming back

document.addEventListener("keydown", (event) => {
  if (view !== "exam" || event.ctrlKey || event.altKey || event.metaKey) return;
  if (/^[1-9]$/.test(event.key)) page.choose(Number(event.key) - 1);
  else if (event.key === "ArrowRight") page.moveBy(1);
  else if (event.key === "ArrowLeft") page.moveBy(-1);
  else return;
  event.preventDefault();
});

function comeBack() {
  failures = 0;
  if (page.token && view !== "enter" && view !== "done") pulse();
  flush();
}

window.addEventListener("online", comeBack);
window.addEventListener("offline", () => { page.net = "down"; redraw(); });
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && comeBack());
window.addEventListener("pageshow", (event) => event.persisted && page.paper && resume());

// A slip scanned while the page is open changes nothing but the fragment.
window.addEventListener("hashchange", () => location.hash && location.reload());

async function open() {
  document.documentElement.dataset.size = page.size;
  setInterval(tick, 250);
  const code = location.hash.slice(1).replace(/%20/g, " ");
  if (code) {
    history.replaceState(null, "", location.pathname);
    showEnter();
    const failed = await enter(code);
    if (failed) showEnter(explain(failed));
    return;
  }
  const kept = store.read("session");
  if (!kept?.token) {
    showEnter();
    return;
  }
  page.who = kept.who;
  page.token = kept.token;
  if (kept.receipt) showDone(kept.receipt);
  else if (kept.started) reopen();
  else showConfirm();
}

// Back into the paper after a reload; keeps trying, because the code may be out of reach.
async function reopen() {
  const failed = await start();
  if (!failed) return;
  showNote(failed, ["retry", reopen]);
  later(0, () => view === "notice" && !page.paper && reopen());
}

open();
