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
    shortNumber: "SBD",
    wrongName: "Nếu họ tên hoặc đơn vị chưa đúng, anh/chị vẫn vào thi được; sau khi công bố kết quả sẽ có mục đề nghị sửa.",
    notMe: "Không phải tôi",
    goOn: "Đúng, tiếp tục",
    rulesTitle: "Thể lệ và đồng ý",
    facts: (items, minutes) => `${items} câu hỏi, ${minutes} phút.`,
    attemptsLeft: (n) => `Còn ${n} lượt thi.`,
    allRequired: "Phải trả lời tất cả các câu mới nộp được bài.",
    rules: "Thể lệ",
    consent: "Thông tin về dữ liệu cá nhân",
    version: (v) => `Bản ${v}`,
    signalsTitle: "Được ghi lại trong giờ làm bài.",
    signals: (where, days) => `Thể lệ (${where}) quy định ghi lại lúc anh/chị rời trang thi, lúc sao chép hoặc dán chữ, và địa chỉ mạng đang dùng (chỉ lưu ở dạng mã hóa); sau ca thi, máy tính thêm số thiết bị đã dùng và số câu trả lời nhanh khác thường, để Ban Tổ chức xem xét tính công bằng. Chỉ người có quyền của Ban Tổ chức được xem; dữ liệu được xóa sau ${days} ngày kể từ khi ca thi kết thúc, kể cả khung giờ riêng. Riêng các ghi nhận này không làm ai bị loại.`,
    acceptRules: "Tôi đã đọc và chấp nhận thể lệ",
    acceptConsent: "Tôi đồng ý cho Ban Tổ chức xử lý dữ liệu như đã nêu",
    sampleTitle: "Câu hỏi thử",
    sampleHelp: "Anh/chị chọn một phương án để làm quen. Câu này không tính điểm.",
    sampleDone: "Đã chọn. Khi thi, “Đã lưu” hiện ở đây sau khi máy chủ đã ghi.",
    start: "Bắt đầu làm bài",
    resume: "Tiếp tục làm bài",
    waitTitle: "Chưa đến giờ mở phòng thi",
    waitHelp: "Trang tự mở khi đến giờ, anh/chị không cần tải lại.",
    opening: "Đang mở phòng thi. Giờ làm bài của anh/chị tính từ lúc nhận đề.",
    queueTitle: "Phòng thi đang đông, mời anh/chị chờ đến lượt",
    queuePlace: "Thứ tự trong hàng chờ",
    queueWait: (t) => `Ước chừng còn ${t}.`,
    queueUnknown: "Chưa ước được thời gian chờ.",
    queueHelp: "Trang tự vào phòng thi khi đến lượt. Tải lại trang không mất chỗ; đóng trang thì một lúc sau mất chỗ.",
    seconds: (n) => `${n} giây`,
    minutes: (n) => `${n} phút`,
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
    lateSaved: "Đến sau giờ: đã ghi nhận, chưa được tính",
    offline: (n) => `Mất kết nối. ${n} câu trả lời đang chờ và sẽ tự gửi khi có mạng.`,
    offlineNone: "Mất kết nối. Anh/chị cứ làm tiếp, câu trả lời sẽ tự gửi khi có mạng.",
    offlineElsewhere: "Mất kết nối. Vui lòng kiểm tra mạng.",
    offlineEnd: "Mất kết nối. Biên nhận sẽ hiện ở đây khi có mạng.",
    offlineLate: (n) => `Mất kết nối. ${n} câu trả lời chưa gửi được, trang sẽ tự gửi khi có mạng.`,
    noStorage: "Trình duyệt không cho lưu tạm. Vui lòng không đóng trang khi đang mất mạng.",
    busy: "Máy chủ đang bận ghi dữ liệu. Trang sẽ tự gửi lại.",
    moreTime: "Ban Tổ chức đã cho thêm thời gian. Anh/chị tiếp tục làm bài.",
    limitReached: "Lượt thi đã có quá nhiều lần đổi câu trả lời. Câu đã lưu vẫn được tính, câu mới không ghi thêm được.",
    lessTime: "Ban Tổ chức đã đổi giờ kết thúc. Anh/chị xem lại thời gian còn lại.",
    keys: "Bàn phím: phím số để chọn phương án, phím ← → để chuyển câu.",
    keysTogether: "Bàn phím: phím số để chọn phương án.",
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
    doneFactsTogether: (a) => `Đã ghi ${a} câu trả lời.`,
    doneAt: (time, day) => `Nộp trong giờ, lúc ${time} ngày ${day}.`,
    doneEnd: (time, day) => `Hết giờ lúc ${time} ngày ${day}.`,
    resultAtOnce: "Điểm được báo ngay sau khi nộp bài.",
    scoreAwaited: "Máy đang chấm bài. Điểm sẽ tự hiện ở đây.",
    score: "Điểm của anh/chị",
    scoreTime: (t) => `Thời gian làm bài: ${t}.`,
    scoreHelp: "Điểm do máy chấm ngay khi nhận bài. Kết quả chính thức là kết quả do Ban Tổ chức công bố.",
    lateWaiting: (n) => `${n} câu trả lời chưa kịp gửi trong giờ. Trang đang gửi để Ban Tổ chức xem xét.`,
    lateKept: (list) => `Đến sau khi hết giờ: ${list}. Máy chủ đã ghi nhận để Ban Tổ chức xem xét; các câu này chưa được tính.`,
    lateQuestion: (n) => `câu ${n}`,
    latePrediction: "câu dự đoán",
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
    enterAgain: "Nhập mã dự thi",
    retry: "Thử lại",
    factsTogether: (items) => `Nhiều nhất ${items} câu hỏi. Mọi người cùng trả lời từng câu; trả lời sai hoặc không kịp trả lời thì dừng cuộc thi.`,
    standing: { in: "Còn trên sàn thi", back: "Được cứu trợ, trở lại sàn thi", out: "Đã dừng cuộc thi", winner: "Người chiến thắng" },
    leftOf: (left, of) => `còn ${left}/${of} người`,
    firstItem: "Chờ câu hỏi đầu tiên. Vui lòng giữ trang này mở.",
    nextItem: (n) => `Câu ${n} mở sau`,
    chooseNow: "Chọn một phương án. Được đổi đến khi hết giờ.",
    watchOnly: "Anh/chị đã dừng cuộc thi, có thể theo dõi tiếp.",
    itemOver: "Hết giờ. Chờ công bố đáp án.",
    itemCancelled: "Câu này được hủy, không ai bị loại vì câu này.",
    wasRight: "Trả lời đúng. Chờ câu tiếp theo.",
    wasWrong: "Trả lời chưa đúng.",
    wasNone: "Không có câu trả lời kịp giờ.",
    rightAnswer: (letters) => `Đáp án đúng: ${letters}.`,
    secondsLeft: (n) => `Còn ${n} giây`,
    won: "Chúc mừng anh/chị đã chiến thắng!",
    togetherEnded: "Vòng thi đã kết thúc. Cảm ơn anh/chị đã tham gia!",
    errors: {
      code_mistyped: "Mã có ký tự gõ nhầm. Vui lòng xem lại phiếu và nhập lại.",
      code_unknown: "Không tìm thấy mã này trong các ca thi. Vui lòng xem lại phiếu, hoặc hỏi cán bộ đầu mối xem đã có ca thi chưa.",
      code_replaced: "Mã này đã được thay bằng phiếu mới. Vui lòng dùng phiếu mới nhất.",
      token_invalid: "Phiên làm bài không còn hiệu lực. Vui lòng nhập lại mã dự thi.",
      not_open: "Phòng thi chưa mở.",
      out: "Anh/chị đã dừng cuộc thi nên câu trả lời không được ghi.",
      item_not_open: "Câu hỏi này chưa mở.",
      held: "Ban Tổ chức đang chuẩn bị lại đề của ca thi này nên chưa vào thi được. Vui lòng chờ thông báo rồi thử lại.",
      closed: "Vòng thi đã kết thúc.",
      no_attempts_left: "Anh/chị đã dùng hết số lượt thi theo thể lệ.",
      limit_reached: "Lượt thi này đã chuyển máy quá nhiều lần. Vui lòng liên hệ cán bộ đầu mối của đơn vị.",
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
    shortNumber: "No.",
    wrongName: "If your name or unit is wrong you can still sit the exam; after publication there is a form to have it corrected.",
    notMe: "This is not me",
    goOn: "Correct, go on",
    rulesTitle: "Rules and consent",
    facts: (items, minutes) => `${items} questions, ${minutes} minutes.`,
    attemptsLeft: (n) => `Attempts left: ${n}.`,
    allRequired: "Every question must be answered before you can hand in.",
    rules: "Rules",
    consent: "About your personal data",
    version: (v) => `Version ${v}`,
    signalsTitle: "Recorded while you work.",
    signals: (where, days) => `The rules (${where}) say that leaving this page, copying or pasting text, and a coded form of your network are recorded; after the sitting the number of devices used and of unusually fast answers is added, so that the committee can look into fairness. Only those entitled in the committee see it; it is erased ${days} days after the end of the sitting, windows of their own included. By itself it disqualifies nobody.`,
    acceptRules: "I have read and accept the rules",
    acceptConsent: "I agree that the committee processes my data as described",
    sampleTitle: "Sample question",
    sampleHelp: "Choose an option to get used to it. This one does not count.",
    sampleDone: "Chosen. In the exam “Saved” shows here once the server has it.",
    start: "Start",
    resume: "Go on with my paper",
    waitTitle: "The exam hall is not open yet",
    waitHelp: "The page opens by itself; there is no need to reload.",
    opening: "Opening. Your time counts from when you get your paper.",
    queueTitle: "The hall is full, please wait for your turn",
    queuePlace: "Place in the queue",
    queueWait: (t) => `About ${t} to go.`,
    queueUnknown: "How long it takes cannot be said yet.",
    queueHelp: "The page goes in by itself when it is your turn. Reloading keeps your place; closing the page loses it after a while.",
    seconds: (n) => `${n} seconds`,
    minutes: (n) => (n === 1 ? "1 minute" : `${n} minutes`),
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
    lateSaved: "After the end: recorded, does not count yet",
    offline: (n) => `No connection. Answers waiting: ${n}. They will be sent by themselves.`,
    offlineNone: "No connection. Please go on, answers will be sent by themselves.",
    offlineElsewhere: "No connection. Please check the network.",
    offlineEnd: "No connection. Your receipt will show here when the network is back.",
    offlineLate: (n) => `No connection. Answers not sent: ${n}. They will be sent when the network is back.`,
    noStorage: "The browser forbids keeping answers. Please do not close the page while offline.",
    busy: "The server is busy writing. The page will send again by itself.",
    moreTime: "The committee has given more time. Please go on.",
    limitReached: "This attempt has had too many changes. What is saved counts; nothing more can be saved.",
    lessTime: "The committee has changed the end. Please look at the time that is left.",
    keys: "Keyboard: digits choose an option, ← → turn the pages.",
    keysTogether: "Keyboard: digits choose an option.",
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
    doneFactsTogether: (a) => `Answers recorded: ${a}.`,
    doneAt: (time, day) => `Handed in in time, at ${time} on ${day}.`,
    doneEnd: (time, day) => `Time ended at ${time} on ${day}.`,
    resultAtOnce: "Your score is shown right after handing in.",
    scoreAwaited: "Your paper is being marked. The score will show here by itself.",
    score: "Your score",
    scoreTime: (t) => `Time taken: ${t}.`,
    scoreHelp: "Marked by the machine as your paper came in. The official result is the one that the committee publishes.",
    lateWaiting: (n) => `Answers not sent in time: ${n}. The page is sending them so that the committee knows of them.`,
    lateKept: (list) => `After the end came: ${list}. They are recorded for the committee; so far they do not count.`,
    lateQuestion: (n) => `question ${n}`,
    latePrediction: "the prediction",
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
    enterAgain: "Type a code",
    retry: "Try again",
    factsTogether: (items) => `Up to ${items} questions. All answer one question at a time; who answers wrongly or not in time is out.`,
    standing: { in: "Still in", back: "Rescued: in again", out: "Out", winner: "Winner" },
    leftOf: (left, of) => `${left} of ${of} left`,
    firstItem: "Waiting for the first question. Please keep this page open.",
    nextItem: (n) => `Question ${n} opens in`,
    chooseNow: "Choose an option. It can be changed until time is over.",
    watchOnly: "You are out; you can go on watching.",
    itemOver: "Time is over. Waiting for the answer.",
    itemCancelled: "This question is cancelled; it puts nobody out.",
    wasRight: "Right. Waiting for the next question.",
    wasWrong: "Not right.",
    wasNone: "No answer came in time.",
    rightAnswer: (letters) => `The right answer: ${letters}.`,
    secondsLeft: (n) => `${n} s left`,
    won: "Congratulations, you have won!",
    togetherEnded: "The round is over. Thank you for taking part!",
    errors: {
      code_mistyped: "A character is mistyped. Please compare with your slip.",
      code_unknown: "This code is not known. Please check your slip or ask your unit officer.",
      code_replaced: "A newer slip replaces this code. Please use the newest one.",
      token_invalid: "Please enter your code again.",
      not_open: "The hall is not open yet.",
      out: "You are out; the answer was not recorded.",
      item_not_open: "This question is not open yet.",
      held: "The committee is preparing the questions of this sitting again, so nobody can start yet. Please wait for word and try again.",
      closed: "The round is over.",
      no_attempts_left: "You have used all attempts that the rules allow.",
      limit_reached: "This attempt has moved between devices too often. Please ask your unit officer.",
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
const LONGEST_HASTY_MS = 6000; // where all answer together, a question is open for seconds
const HASTY_AGAIN_MS = 1500;
const TABS_ANSWER_MS = 150; // another tab of this browser answers within this
const VAULT_MS = 2000; // some browsers never open their database
const NEWS_MS = 20_000;
const SCORE_PULSE_MS = 2000;
const LONGEST_SPREAD_MS = 2000; // of those who come in at an opening
const LISTENS_AFTER_CLOSE_MS = 3_600_000; // for minutes granted after the end

const sleep = (ms, value) => new Promise((done) => setTimeout(done, ms, value));

// ---- storage: may be forbidden or full; then the page goes on from memory and says so

const store = {
  memory: new Map(),
  failed: new Set(), // keys whose last write did not succeed: of them memory knows better
  read(key) {
    if (this.failed.has(key)) return this.memory.get(key) ?? null;
    try {
      return JSON.parse(localStorage.getItem(`thi.${key}`));
    } catch {
      return this.memory.get(key) ?? null;
    }
  },
  write(key, value) {
    this.memory.set(key, value);
    try {
      localStorage.setItem(`thi.${key}`, JSON.stringify(value));
      this.failed.delete(key);
    } catch {
      this.failed.add(key);
    }
  },
  drop(key) {
    this.memory.delete(key);
    try {
      localStorage.removeItem(`thi.${key}`);
      this.failed.delete(key);
    } catch {
      this.failed.add(key);
    }
  },
};

// What localStorage is given reaches the disk some seconds later: a browser that is killed forgets
// the last answers. This one is on disk at once, and has room where the other is full.
const vault = {
  opened: null,
  db: null,
  works: false,
  patience: VAULT_MS,
  open() {
    this.opened ??= new Promise((done) => {
      try {
        const asked = indexedDB.open("thi", 1);
        asked.onupgradeneeded = () => asked.result.createObjectStore("kept");
        asked.onsuccess = () => {
          this.db = asked.result;
          this.db.onclose = () => (this.opened = this.db = null);
          done();
        };
        asked.onerror = done;
      } catch {
        done();
      }
    });
    return this.opened;
  },
  async act(mode, what) {
    await this.open();
    return new Promise((done) => {
      const end = (works, result = null) => {
        this.works = works;
        done(result);
      };
      try {
        const work = this.db.transaction("kept", mode, { durability: "strict" });
        const asked = what(work.objectStore("kept"));
        work.oncomplete = () => end(true, asked.result);
        work.onabort = () => end(false);
      } catch {
        end(false);
      }
    });
  },
  // Writers wait until it opens; a reader has somebody before it who waits, and is patient once.
  async read(key) {
    if (!this.db) await Promise.race([this.open(), sleep(this.patience)]);
    if (this.db) return this.act("readonly", (kept) => kept.get(key));
    this.patience = 0;
    return null;
  },
};

// What must outlive the page is kept twice, and the newer copy counts.
let version = 0;

function keep(key, record) {
  version += 1;
  const copy = { ...record, version };
  store.write(key, copy);
  return vault.act("readwrite", (kept) => kept.put(copy, key));
}

async function recall(key) {
  const copies = [await vault.read(key), store.read(key)];
  const [newest] = copies.filter((copy) => copy?.version > 0).sort((one, other) => other.version - one.version);
  version = Math.max(version, newest?.version ?? 0);
  return newest ?? null;
}

const isDurable = () => vault.works || !store.failed.size;

// ---- the hall's clock: server time plus this device's monotonic counter, never its date

const clock = {
  base: null,
  at: 0,
  // When the hall wrote its time is known but for the journey: a time inside that is left alone.
  set(serverMs, sentAt) {
    const now = performance.now();
    const known = this.base === null ? null : this.base + now - this.at;
    const latest = serverMs + now - sentAt;
    if (known !== null && serverMs <= known && known <= latest) return;
    this.base = (serverMs + latest) / 2;
    this.at = now;
  },
  now() {
    return this.base === null ? null : Math.round(this.base + performance.now() - this.at);
  },
};

// The contest's own time, as its plan says; the device's zone is not asked.
const here = (ms) => new Date(ms + (page.who?.utc_offset_min ?? 420) * 60_000).toISOString();
const clockTime = (ms, seconds = true) => here(ms).slice(11, seconds ? 19 : 16);
const day = (ms) => here(ms).slice(0, 10).split("-").reverse().join("/");

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
  epoch: 0, // 0 while nothing of the attempt is loaded
  answers: [],
  prediction: -1,
  predictionText: "",
  lastSeq: 0, // the last number given to an answer in this epoch
  queue: [], // rows [number, position, option, time] not yet acknowledged
  doubt: [], // rows whose number the hall has: for these, or for those of another tab?
  late: [], // rows the hall took after the end
  savedAt: new Map(), // position → hall time of the acknowledgement, if it came to this page
  flags: new Set(),
  at: 0, // the position shown
  deadline: null,
  pulseMs: 4000,
  net: "ok", // ok | down | busy
  active: true, // false in a second tab or on a device that was replaced
  sending: false, // a save or the handing in is on its way
  submitWanted: false, // hand in as soon as nothing waits any more
  submitProblem: "",
  ended: false, // time is over, as far as this page knows
  isVoid: false,
  receipt: null,
  news: "", // a sentence of TEXTS that is shown for a while
  newsUntil: 0,
  warned: 0,
  waits: false, // rules are accepted, and the start waits for the opening or for a turn
  together: null, // where a round stands in which all answer together, as the hall said last
  spreadMs: null, // how long after the opening this page starts, told by the hall
};

const t = new Proxy({}, { get: (_, key) => TEXTS[page.language][key] });
const explain = (error) => t.errors[error] ?? t.errors.other;

const waiting = () => [...page.doubt, ...page.queue];
const positions = (rows) => new Set(rows.map((row) => row[1]));

// ---- talking to the hall

const outOfReach = (status) => status === 0 || status === 408 || status === 429 || status >= 500;

async function call(path, body, lasting = false) {
  const sentAt = performance.now();
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), isHasty() ? LONGEST_HASTY_MS : LONGEST_WAIT_MS);
  const headers = { "Content-Type": "application/json" };
  if (page.token) headers["X-Thi-Token"] = page.token;
  try {
    const response = await fetch(API + path, {
      method: "POST", headers, body: JSON.stringify(body), cache: "no-store",
      credentials: "omit", signal: stop.signal, keepalive: lasting,
    });
    const reply = await response.json();
    if (reply.now_ms) clock.set(reply.now_ms, sentAt);
    return { status: response.status, reply, wait: Number(response.headers.get("Retry-After")) * 1000 || 0 };
  } catch {
    return { status: 0, reply: { error: "network" }, wait: 0 };
  } finally {
    clearTimeout(timer);
  }
}

let device = "";

async function deviceId() {
  device ||= (await recall("device"))?.id ?? "";
  if (!device) {
    device = Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
    keep("device", { id: device });
  }
  return device;
}

let former = null; // the session before another code was scanned

async function enter(code) {
  page.token = null;
  const { status, reply } = await call("enter", { code });
  if (status !== 200) return reply.error;
  page.who = reply;
  // The token of the attempt, if this browser had it, may still send what waits.
  const isFormer = former && reply.state === "submitted" && reply.receipt.attempt === former.attempt;
  page.token = isFormer ? former.token : reply.token;
  remember();
  if (reply.state === "submitted") showDone(reply.receipt);
  else if (reply.state === "closed") showClosed();
  else showConfirm();
  return null;
}

function remember() {
  const { who, token, attempt } = page;
  // A score is asked for again: an attempt may have been made void meanwhile.
  const receipt = page.receipt && { ...page.receipt, score: undefined };
  keep("session", { who, token, attempt, receipt, started: page.paper !== null, waits: page.waits });
}

async function start(takeOver = false) {
  const who = page.who;
  const others = page.active && page.paper ? new Set() : askTabs();
  const { status, reply, wait } = await call("start", {
    device: await deviceId(),
    regulation: who.regulation.version,
    consent: who.consent.version,
    take_over: takeOver,
  });
  const held = await others;
  if (page.who !== who) return null;
  if (status === 200) {
    if (who.state !== "open" && who.attempts_left !== null && reply.attempt !== page.attempt) who.attempts_left -= 1;
    who.state = "open";
    await openPaper(reply, held.has(reply.attempt));
    return null;
  }
  if (reply.error === "queued") queueUp(reply, wait);
  else if (reply.error === "other_device") showNote("otherDevice", ["takeOver", () => resync(true)]);
  else if (reply.error === "not_open") showWaiting(reply.opens_ms ?? who.opens_ms);
  else if (reply.error === "voided") showVoided();
  else if (status === 401) showEnter(explain(reply.error));
  else if (reply.error === "submitted" || reply.error === "no_attempts_left") return (await fetchReceipt()) ? null : reply.error;
  else if (reply.error === "closed") (await fetchReceipt()) || showClosed();
  else return reply.error;
  return null;
}

async function openPaper(reply, isHeld) {
  const kept = await keptQueue(reply.attempt);
  const same = page.attempt === reply.attempt;
  const stay = same && page.active && !page.ended && ["exam", "review", "together"].includes(view);
  const own = same ? { epoch: page.epoch, queue: waiting(), late: page.late } : null;
  if (page.ended && page.attempt === reply.attempt) tellNews("moreTime");
  if (!same) Object.assign(page, { epoch: 0, queue: [], doubt: [], late: [], savedAt: new Map() });
  page.token = reply.token;
  page.paper = reply.paper;
  page.attempt = reply.attempt;
  page.answers = [...reply.answers];
  page.prediction = reply.prediction;
  if (!stay) page.predictionText = reply.prediction < 0 ? "" : String(reply.prediction);
  page.deadline = reply.deadline_ms;
  page.pulseMs = reply.pulse_ms;
  Object.assign(page, { receipt: null, ended: false, isVoid: false, warned: 0, net: "ok", waits: false });
  const place = store.read(`place.${page.attempt}`);
  page.at = page.paper[place?.at] ? place.at : 0;
  page.flags = new Set(place?.flags);
  page.active = !isHeld;
  remember();
  if (isHeld) {
    lose();
    pulseLater();
    return;
  }
  Object.assign(page, { epoch: reply.epoch, lastSeq: reply.last_seq, queue: [], doubt: [], late: [] });
  putBack(reply, own ? [kept, own] : [kept]);
  holdTab();
  keepQueue();
  if (stay) redraw();
  else showExam();
  // The paper of a common round comes with the first pulse: who reloads in the middle of a question has it at once.
  if (isTogether()) pulse();
  else pulseLater();
  flush();
}

// Puts on top of what the hall holds what this browser had not sent: before a reload or a crash, in
// another tab, or too late and there is time again. A row whose number the hall has, but not its
// answer, is in doubt. After another device had its turn, what the hall holds is newer: then only
// gaps are filled.
function putBack(reply, copies) {
  const held = (position) => (position < 0 ? reply.prediction : reply.answers[position]);
  const seen = new Set();
  for (const [late, { epoch, queue }] of copies.flatMap((copy) => [[true, { ...copy, queue: copy.late }], [false, copy]])) {
    for (const row of [...queue].sort((one, other) => one[0] - other[0])) {
      const [number, position, option, at] = row;
      if (!isAnswer(position, option) || seen.has(row.join())) continue;
      seen.add(row.join());
      if (epoch !== reply.epoch) {
        if (held(position) < 0) put(position, option, at);
      } else if (number > reply.last_seq) put(position, option, at);
      else if (held(position) === option) continue;
      else if (late) put(position, option, at);
      else page.doubt = [...page.doubt.filter((other) => other[1] !== position), row];
    }
  }
}

const isTogether = () => page.who?.pace === "together";
const isHasty = () => isTogether() && page.attempt;

const isAnswer = (position, option) =>
  isTogether() ? position >= 0 && position < page.answers.length && option >= -1 : position < 0 ? Boolean(page.who.prediction) && option >= 0 : option >= -1 && option < (page.paper[position]?.options.length ?? -1);

function keepQueue() {
  const warn = () => {
    window.onbeforeunload = waiting().length && !isDurable() ? () => t.noStorage : null;
  };
  keep(`queue.${page.attempt}`, { epoch: page.epoch, queue: waiting(), late: page.late }).then(warn);
  warn();
}

async function keptQueue(attempt) {
  const isRow = (row) => Array.isArray(row) && row.length === 4 && row.every(Number.isSafeInteger);
  const isCopy = (copy) => Array.isArray(copy?.queue) && Array.isArray(copy.late) && [...copy.queue, ...copy.late].every(isRow);
  const copy = await recall(`queue.${attempt}`);
  return isCopy(copy) ? copy : { epoch: 0, queue: [], late: [] };
}

// What waits, for sending only: after the end there is no paper to show.
async function loadQueue(attempt) {
  if (page.attempt === attempt && page.epoch) return;
  const kept = await keptQueue(attempt);
  Object.assign(page, { attempt, epoch: kept.epoch, queue: kept.queue, late: kept.late, doubt: [] });
}

function forget(attempt) {
  store.drop(`queue.${attempt}`);
  store.drop(`place.${attempt}`);
  vault.act("readwrite", (kept) => kept.delete(`queue.${attempt}`));
}

function keepPlace() {
  store.write(`place.${page.attempt}`, { at: page.at, flags: [...page.flags] });
}

function put(position, option, at) {
  page.lastSeq += 1;
  page.queue.push([page.lastSeq, position, option, at]);
  page.doubt = page.doubt.filter((row) => row[1] !== position);
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

// Longer after every failure, and never all in the same moment.
function later(wait, what = flush) {
  failures += 1;
  const backoff = Math.min(isHasty() ? HASTY_AGAIN_MS : LONGEST_WAIT_MS, 500 * 2 ** failures);
  clearTimeout(retryTimer);
  retryTimer = setTimeout(what, wait + backoff * (0.5 + Math.random() / 2));
}

function wentWrong(status, wait, what) {
  page.net = status === 0 ? "down" : "busy";
  later(wait, what);
}

// Sends what is not yet acknowledged, in order, one request at a time; hands in after the last.
async function flush() {
  if (page.sending || !page.active || !page.token) return;
  clearTimeout(retryTimer);
  const rows = page.doubt.length ? page.doubt.slice(0, 1) : page.queue.slice(0, MOST_SAVES);
  if (!rows.length) {
    if (page.submitWanted) handIn();
    return;
  }
  const { attempt, epoch } = page;
  page.sending = true;
  redraw();
  const { status, reply, wait } = await call("save", { saves: rows }, true);
  page.sending = false;
  if (page.attempt !== attempt || page.epoch !== epoch) {
    flush();
    return;
  }
  if (status === 200 || status === 202) {
    failures = 0;
    page.net = "ok";
    if (page.paper) setDeadline(reply.deadline_ms);
    acknowledge(rows, reply.acknowledged, status === 202, reply.now_ms);
    if (reply.acknowledged > page.lastSeq && page.paper && !page.ended) {
      resync(); // another tab has saved more
      return;
    }
  } else if (reply.error === "limit_reached") {
    dropQueue();
    tellNews("limitReached");
    if (page.paper && !page.ended) resync();
    return;
  } else if (outOfReach(status)) {
    wentWrong(status, wait);
  } else if (reply.error === "conflict" && page.doubt.length) {
    const [, position, option, at] = rows[0];
    if (page.doubt[0] === rows[0]) put(position, option, at);
    keepQueue();
  } else if (reply.error === "gap" || reply.error === "conflict") {
    if (page.paper && !page.ended) later(0, resync);
    else renumber(reply.last_seq ?? reply.expected - 1);
    if (page.paper && !page.ended) return;
  } else if (reply.error === "stale_device") {
    if (page.ended) dropQueue();
    else showStale();
    return;
  } else if (reply.error === "submitted") {
    if (page.receipt) dropQueue();
    else await fetchReceipt();
    return;
  } else if (reply.error === "out" || reply.error === "item_not_open") {
    dropQueue();
    later(0, resync);
    return;
  } else if (reply.error === "voided") {
    showVoided();
    return;
  } else if (status === 401) {
    if (page.receipt) dropQueue();
    else showEnter(explain(reply.error));
    return;
  } else {
    wentWrong(status, LONGEST_WAIT_MS);
  }
  redraw();
  if (page.net === "ok") flush();
}

// Only the rows that were sent: a number after them may be another tab's.
function acknowledge(rows, upTo, isLate, now) {
  const done = new Set(rows.filter((row) => row[0] <= upTo));
  const left = (row) => !done.has(row);
  page.doubt = page.doubt.filter(left);
  page.queue = page.queue.filter(left);
  const unsaved = positions(waiting());
  if (isLate) page.late.push(...done);
  else for (const [, position] of done) if (!unsaved.has(position)) page.savedAt.set(position, now);
  keepQueue();
}

// After the end the paper is not asked for again; the numbers alone say where to go on.
function renumber(lastSeq) {
  const rows = waiting();
  Object.assign(page, { queue: [], doubt: [], lastSeq });
  for (const row of rows) {
    if (row[0] > lastSeq) put(row[1], row[2], row[3]);
    else page.doubt.push(row);
  }
  keepQueue();
}

function dropQueue() {
  Object.assign(page, { queue: [], doubt: [] });
  keepQueue();
  redraw();
}

// Asks where the attempt stands, and only if it is open goes back into it: starting after its end
// would begin another one. Answers an error that may pass, or nothing.
async function resume(takeOver = false) {
  const who = page.who;
  const { status, reply } = await call("pulse", {});
  if (page.who !== who) return null;
  if (status === 401) {
    showEnter(explain(reply.error));
    return null;
  }
  if (status !== 200) return reply.error;
  setTimes(reply);
  if (reply.void) showVoided();
  else if (reply.receipt && reply.state !== "open") showDone(reply.receipt);
  else if (reply.state === "open" && reply.deadline_ms < reply.now_ms) timeIsUp();
  else return start(takeOver);
  return null;
}

// Goes back to what the hall holds; keeps trying, because the hall may be out of reach.
async function resync(takeOver = false) {
  const error = await resume(takeOver);
  if (!error) return;
  page.net = error === "network" ? "down" : "busy";
  if ((!page.paper || view === "notice") && noted !== error) showNote(error, ["retry", () => resync(takeOver)]);
  later(0, () => resync(takeOver));
  redraw();
}

async function fetchReceipt() {
  const { status, reply } = await call("pulse", {});
  if (status !== 200 || !reply.receipt) return false;
  showDone(reply.receipt);
  return true;
}

function submit() {
  page.submitWanted = true;
  page.submitProblem = "";
  redraw();
  flush();
}

async function handIn() {
  const { attempt, epoch } = page;
  page.sending = true;
  const { status, reply, wait } = await call("submit", { last_seq: page.lastSeq });
  page.sending = false;
  if (page.attempt !== attempt || page.epoch !== epoch) return;
  if (status === 200) {
    showDone(reply);
    return;
  }
  if (outOfReach(status)) {
    wentWrong(status, wait);
  } else if (reply.error === "gap") {
    later(0, resync);
  } else {
    page.submitWanted = false;
    if (reply.error === "stale_device") showStale();
    else if (reply.error === "voided") showVoided();
    else if (status === 401) showEnter(explain(reply.error));
    else page.submitProblem = reply.error;
  }
  redraw();
}

function showStale() {
  page.active = false;
  showNote("staleDevice", ["takeOver", () => resync(true)]);
}

function showVoided() {
  page.isVoid = true;
  page.submitWanted = false;
  showNote("voided", ["enterAgain", () => showEnter()]);
  pulseLater();
}

let pulseTimer = null;

const scoreIsPromised = () => ["score", "score_and_time"].includes(page.who?.result);

// After a receipt that time gave, or the closing, more time may still be given; one that was asked for is the last
// word, but for the score.
const listensStill = () => clock.now() < Math.max(page.who.closes_ms, page.deadline || 0) + LISTENS_AFTER_CLOSE_MS;
const listens = () =>
  view !== "enter" && view !== "queue" && (view !== "closed" || listensStill())
  && (view !== "done" || ((page.receipt.automatic || scoreIsPromised()) && listensStill()));

// The hall spreads its contestants by the times it names; while a receipt is awaited, sooner.
function pulseLater() {
  clearTimeout(pulseTimer);
  if (listens()) pulseTimer = setTimeout(pulse, page.pulseMs * (page.ended && !page.receipt ? Math.random() : isTogether() ? 1 : 0.9));
}

async function pulse() {
  clearTimeout(pulseTimer);
  if (!page.token || !listens()) return;
  const who = page.who;
  const { status, reply } = await call("pulse", {});
  if (page.who !== who) return;
  if (status === 200) {
    const idle = page.net === "busy" && !waiting().length && !page.submitWanted;
    const back = page.net === "down" || idle;
    if (back) page.net = "ok";
    await heed(reply);
    if (back) flush();
  } else if (status === 0) {
    page.net = "down";
  } else if (status === 401) {
    if (view !== "done") showEnter(explain(reply.error));
    return;
  }
  redraw();
  pulseLater();
}

function setTimes(reply) {
  page.pulseMs = reply.pulse_ms;
  page.who.opens_ms = reply.opens_ms;
  page.who.closes_ms = reply.closes_ms;
}

function setDeadline(ms) {
  if (page.deadline === ms) return;
  if (page.deadline && page.active && !page.ended) tellNews(ms > page.deadline ? "moreTime" : "lessTime");
  page.deadline = ms;
  page.warned = 0;
}

function tellNews(text) {
  page.news = text;
  page.newsUntil = performance.now() + NEWS_MS;
}

async function heed(reply) {
  setTimes(reply);
  if (view === "waiting") opensAt = reply.opens_ms;
  page.spreadMs = reply.spread_ms ?? page.spreadMs;
  page.together = reply.together ?? page.together;
  if (view === "closed" && (reply.state === "waiting" || reply.state === "ready")) {
    page.who.state = reply.state;
    showConfirm();
  }
  if (!(page.attempt || page.ended) || !["exam", "review", "together", "notice", "done"].includes(view)) return;
  const wasVoid = page.isVoid;
  page.isVoid = reply.void ?? false;
  if (page.isVoid) {
    if (!wasVoid) showVoided();
  } else if (reply.state === "open" && reply.deadline_ms > reply.now_ms && (page.ended || wasVoid)) {
    await start();
  } else if (reply.receipt && reply.state === "submitted") {
    if (wasVoid || reply.receipt.receipt !== page.receipt?.receipt) showDone(reply.receipt);
    else page.receipt = reply.receipt;
  } else if (reply.deadline_ms && page.paper && !page.ended) {
    setDeadline(reply.deadline_ms);
  }
}

// ---- one tab at a time: a second one is told and stores nothing

const tabId = Math.random().toString(36).slice(2);
const channel = "BroadcastChannel" in window ? new BroadcastChannel("thi") : null;
let elsewhere = new Set(); // attempts that other tabs have open

// Without a channel, what one tab writes into the storage is an event in the others.
function tell(kind, more = {}) {
  const message = { kind, attempt: page.attempt, tab: tabId, ...more };
  if (channel) channel.postMessage(message);
  else store.write("tabs", { ...message, at: performance.now() });
}

function hear({ kind, attempt, tab, to }) {
  if (tab === tabId) return;
  if (kind === "claim" && page.active && page.paper) {
    holdTab();
    tell("held", { to: tab });
  } else if (kind === "held" && to === tabId) {
    elsewhere.add(attempt);
    if (attempt === page.attempt && page.active && page.paper) lose();
  } else if (kind === "take" && attempt === page.attempt && page.active) {
    lose();
  }
}

channel?.addEventListener("message", ({ data }) => hear(data));
if (!channel) window.addEventListener("storage", ({ key, newValue }) => key === "thi.tabs" && newValue && hear(JSON.parse(newValue)));

// Which attempts other tabs have open, as far as they answer: one that sleeps does not, and finds
// out when it wakes, because the storage names who holds the attempt now.
async function askTabs() {
  elsewhere = new Set();
  tell("claim");
  await sleep(TABS_ANSWER_MS);
  return elsewhere;
}

function holdTab() {
  store.write("holder", { attempt: page.attempt, tab: tabId });
}

function isElsewhere() {
  const holder = store.read("holder");
  return holder?.attempt === page.attempt && holder.tab !== tabId;
}

function lose() {
  Object.assign(page, { active: false, submitWanted: false, savedAt: new Map() });
  if (view !== "done") showNote("otherTab", ["useThisTab", takeTab]);
}

async function takeTab() {
  page.active = true;
  holdTab();
  tell("take");
  await resync();
}

// ---- drawing

const $ = (id) => document.getElementById(id);
let view = "";
let redraw = () => {};
let opensAt = null;
let noted = ""; // what a notice says, while it stands

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
  noted = "";
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

const unsent = () => positions(waiting());

function bandText() {
  const count = unsent().size;
  if (view === "done" && !count) return "";
  if (page.net === "busy") return t.busy;
  if (page.net === "down") {
    if (page.ended) return count ? t.offlineLate(count) : t.offlineEnd;
    if (page.submitWanted) return t.offlineSubmit;
    if (!["exam", "review", "together"].includes(view)) return t.offlineElsewhere;
    return count ? t.offline(count) : t.offlineNone;
  }
  if (page.news && (view === "exam" || view === "review")) return t[page.news];
  return !isDurable() && (view === "exam" || view === "together") ? t.noStorage : "";
}

function drawBar() {
  const [first, second] = $("who").children;
  say(first, page.who ? page.who.name : t.title);
  say(second, page.who ? `${t.shortNumber} ${page.who.number}` : t.titleHelp);
  $("net").dataset.kind = page.net === "ok" && /Time$/.test(page.news) ? "news" : "";
  say($("net"), bandText());
}

function drawFoot() {
  $("foot").hidden = false;
  $("foot").replaceChildren(
    button("A−", () => resize(-1), "tool"),
    button("A+", () => resize(1), "tool"),
    button(t.language, switchLanguage, "tool"),
  );
  // The name begins with what is seen, for those who speak to their phone.
  $("foot").children[0].setAttribute("aria-label", `A−, ${t.smaller}`);
  $("foot").children[1].setAttribute("aria-label", `A+, ${t.larger}`);
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

function showEnter(problem = "", code = "") {
  again = () => showEnter();
  if (page.receipt && !unsent().size) forget(page.receipt.attempt);
  Object.assign(page, {
    who: null, token: null, paper: null, attempt: null, epoch: 0, queue: [], doubt: [], late: [], deadline: null,
    net: "ok", active: true, submitWanted: false, ended: false, isVoid: false, receipt: null, news: "",
    waits: false, spreadMs: null, together: null,
  });
  store.drop("session"); // a full storage would keep the one before
  keep("session", {});
  const error = h("p", { class: "note bad", role: "alert", hidden: !problem }, problem);
  const input = h("input", {
    id: "code", name: "code", autocomplete: "off", autocapitalize: "characters", spellcheck: false,
    inputMode: "text", maxLength: 24, required: true, "aria-describedby": "code-help", value: code,
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
  showStartButton("rules", h("h1", {}, page.who.title), t.resume, [], resume);
}

function showRules() {
  again = showRules;
  const who = page.who;
  const lines = [isTogether() ? t.factsTogether(who.items) : t.facts(who.items, Math.round(who.duration_ms / 60000))];
  if (who.attempts_left !== null && !isTogether()) lines.push(t.attemptsLeft(who.attempts_left));
  if (who.all_required) lines.push(t.allRequired);
  if (scoreIsPromised()) lines.push(t.resultAtOnce);
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
      ...(who.signals ? [h("p", { id: "signals" }, h("strong", {}, t.signalsTitle), " ", t.signals(who.signals_in, who.signals_days))] : []),
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

// A, B, … Z, AA, AB, …
const letter = (index) => (index < 26 ? "" : letter(Math.floor(index / 26) - 1)) + String.fromCharCode(65 + (index % 26));

function option(name, index, text, onchange) {
  return h("label", { class: "option" },
    h("input", { type: "radio", name, value: index, onchange }),
    h("span", { class: "letter", "aria-hidden": "true" }, letter(index)),
    h("span", {}, text));
}

function showStartButton(name, top, label, boxes, begin = start) {
  const error = h("p", { class: "note bad", role: "alert", hidden: true });
  const go = button(label, async () => {
    go.disabled = true;
    const now = clock.now();
    const failed = now !== null && now < page.who.opens_ms ? (showWaiting(page.who.opens_ms), null) : await begin();
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
  nowWaits();
  const chance = Math.random() * LONGEST_SPREAD_MS; // until the hall has said its own
  const count = h("p", { class: "count", role: "timer" });
  const when = h("p", {});
  show("waiting", h("p", { class: "over" }, page.who.title), h("h1", {}, t.waitTitle), count, when, h("p", { class: "quiet" }, t.waitHelp));
  let starting = false;
  let refused = "";
  redraw = async () => {
    drawBar();
    if (clock.now() === null) return;
    const left = opensAt - clock.now();
    say(count, span(left));
    say(when, refused || (left > 0 ? t.opensAt(clockTime(opensAt, false), day(opensAt)) : t.opening));
    if (left + (page.spreadMs ?? chance) <= 0 && !starting) {
      starting = true;
      const failed = await start();
      refused = failed ? explain(failed) : "";
      if (failed) setTimeout(() => (starting = false), 1500 + Math.random() * 2500);
    }
  };
  redraw();
  pulse();
}

// After a reload the page goes on waiting: rules that were accepted are not asked for again.
function nowWaits() {
  if (page.waits) return;
  page.waits = true;
  remember();
}

let turn = null; // what the hall last said of the place in the queue
let queueTimer = null;

const roughly = (ms) => (ms < 60_000 ? t.seconds(Math.ceil(ms / 10_000) * 10) : t.minutes(Math.ceil(ms / 60_000)));

// The hall knows the place by the code, so nothing is kept here; it says when to ask again.
function queueUp(reply, wait) {
  turn = reply;
  page.net = "ok";
  nowWaits();
  if (view === "queue") redraw();
  else showQueue();
  clearTimeout(queueTimer);
  queueTimer = setTimeout(askForTurn, wait * (0.8 + Math.random() / 5));
}

async function askForTurn() {
  const failed = view === "queue" && (await start());
  if (!failed || view !== "queue") return;
  page.net = failed === "network" ? "down" : "busy";
  redraw();
  queueTimer = setTimeout(askForTurn, 2000 + Math.random() * 2000);
}

function showQueue() {
  again = showQueue;
  const place = h("p", { class: "count" });
  const estimate = h("p", {});
  show("queue", h("p", { class: "over" }, page.who.title), h("h1", {}, t.queueTitle),
    h("div", { class: "turn", role: "status" }, h("p", {}, t.queuePlace), place, estimate), h("p", { class: "quiet" }, t.queueHelp));
  redraw = () => {
    drawBar();
    say(place, String(turn.place));
    say(estimate, turn.wait_ms ? t.queueWait(roughly(turn.wait_ms)) : t.queueUnknown);
  };
  redraw();
}

function showClosed() {
  again = showClosed;
  show("closed", h("h1", {}, t.closedTitle), h("p", {}, t.closedHelp), button(t.another, () => showEnter(), "plain"));
  pulseLater();
}

// `text` names a sentence or an error of TEXTS; `action` is [name of its label, what it does].
function showNote(text, action = null) {
  again = () => showNote(text, action);
  show("notice", h("p", { class: "note", role: "alert" }, t[text] ?? explain(text)), action && h("div", { class: "actions" }, button(t[action[0]], action[1])));
  noted = text;
}

function showExam() {
  if (isTogether()) {
    showTogether();
    return;
  }
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
  const question = h("section", { class: "question", tabIndex: -1, "aria-labelledby": "stem" },
    h("div", { class: "row" }, place, flag), heading, options, status);
  show("exam", question, h("div", { class: "steps" }, back, next), dots, h("div", { class: "actions" }, review), h("p", { class: "fine keys" }, t.keys), warning);
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
  heading.focus({ preventScroll: true });
  answersByKey(question, options, move);
}

// What an announced question has done to somebody, as far as this page knows.
function verdict(item, how, chosen) {
  if (how === "in" || how === "winner") return t.wasRight;
  if (how === "back") return "";
  if (stateOf(item.position) === "saved") return item.right.includes(chosen) ? "" : t.wasWrong;
  return chosen >= 0 ? t.wasNone : t.watchOnly;
}

// All answer together: the hall says which question is open, and this page shows no other.
function showTogether() {
  again = showTogether;
  const place = h("p", { class: "place" });
  const standing = h("p", { class: "standing", role: "status" });
  const count = h("p", { class: "count", role: "timer", "aria-live": "off" });
  const heading = h("h1", { id: "stem", tabIndex: -1 });
  const options = h("div", { class: "options", role: "radiogroup", "aria-labelledby": "stem" });
  const status = h("p", { class: "status", role: "status" });
  const said = h("p", { class: "said", role: "status" });
  const question = h("section", { class: "question", tabIndex: -1, "aria-labelledby": "stem" }, heading, options, status);
  show("together", h("div", { class: "row" }, place, standing), said, count, question, h("p", { class: "fine keys" }, t.keysTogether));
  let drawn = "";

  const drawQuestion = (item) => {
    const key = item?.question ? `${item.position} ${page.language}` : "";
    if (key === drawn) return;
    drawn = key;
    heading.textContent = item?.question?.stem ?? "";
    options.replaceChildren(...(item?.question?.options ?? []).map((text, index) =>
      option("option", index, text, () => answer(item.position, index))));
    if (key) heading.focus({ preventScroll: true });
  };

  redraw = () => {
    if (view !== "together") return;
    drawBar();
    const now = clock.now();
    const { item, standing: how = "in", left, of, ended } = page.together ?? {};
    const isOut = how === "out";
    say(place, item ? t.question(item.position + 1, page.together.items) : "");
    say(standing, page.together ? `${t.standing[how]}${of ? ` · ${t.leftOf(left, of)}` : ""}` : "");
    standing.dataset.kind = how;
    drawQuestion(item);
    question.hidden = !item?.question;
    const isOpen = item?.question && now < item.closes_ms && !ended && !item.cancelled;
    const wait = item && !item.question && !item.cancelled ? item.opens_ms - now : 0;
    say(count, wait > 0 ? String(Math.ceil(wait / 1000)) : "");
    count.hidden = wait <= 0;
    const chosen = item ? page.answers[item.position] : -1;
    for (const [index, label] of [...options.children].entries()) {
      const isRight = item.right?.includes(index) ?? false;
      label.firstChild.checked = index === chosen;
      label.firstChild.disabled = !isOpen || isOut || !page.active || page.ended;
      label.classList.toggle("chosen", index === chosen);
      label.classList.toggle("right", isRight);
    }
    const isTold = item?.question && !isOut && !item.cancelled;
    say(status, isTold ? statusOf(item.position) : "");
    status.dataset.state = isTold ? stateOf(item.position) : "";
    say(said, ended ? (how === "winner" ? t.won : t.togetherEnded)
      : !item ? (page.together ? t.firstItem : "")
      : item.cancelled ? t.itemCancelled
      : item.right ? `${verdict(item, how, chosen)} ${t.rightAnswer(item.right.map(letter).join(", "))}`
      : wait > 0 ? t.nextItem(item.position + 1)
      : isOut ? t.watchOnly
      : isOpen ? t.chooseNow
      : item.question ? t.itemOver : "");
    said.dataset.kind = ended && how === "winner" ? "winner" : isOut ? "out" : "";
  };
  redraw();
  answersByKey(question, options);
}

// One key alone acts only where the question has the focus: WCAG 2.1.4.
function answersByKey(question, options, moveBy = null) {
  page.moveBy = moveBy;
  page.choose = (index) => {
    const choice = options.children[index]?.firstChild;
    if (choice && !choice.disabled) choice.click();
  };
  page.hasFocus = () => question.contains(document.activeElement);
}

function stateOf(position) {
  if (unsent().has(position)) return "waiting";
  if (page.late.some((row) => row[1] === position)) return "late";
  const value = position < 0 ? page.prediction : page.answers[position];
  return value >= 0 ? "saved" : "empty";
}

function statusOf(position) {
  const state = stateOf(position);
  if (state === "empty") return t.blank;
  if (state === "waiting") return page.net === "ok" ? t.sending : t.waiting;
  if (state === "late") return t.lateSaved;
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
  again = () => showDone(page.receipt);
  Object.assign(page, { receipt, ended: true, paper: null, net: "ok", submitWanted: false, isVoid: false, news: "" });
  page.who.state = "submitted";
  if (!receipt.automatic) {
    Object.assign(page, { queue: [], doubt: [], late: [] });
    forget(receipt.attempt);
  }
  remember();
  const more = page.who.attempts_left !== 0 && page.who.closes_ms > clock.now();
  const at = [clockTime(receipt.submitted_ms), day(receipt.submitted_ms)];
  const late = h("p", { class: "note late", role: "status" });
  const score = scoreIsPromised() ? scoreField() : null;
  show(
    "done",
    h("p", { class: "over" }, page.who.title),
    h("h1", {}, isTogether() ? (page.together?.standing === "winner" ? t.won : t.togetherEnded) : receipt.automatic ? t.doneAuto : t.doneTitle),
    h("p", {}, `${isTogether() ? t.doneFactsTogether(receipt.answered) : t.doneFacts(receipt.answered, receipt.total)} ${receipt.automatic ? t.doneEnd(...at) : t.doneAt(...at)}`),
    late,
    score?.field,
    h("div", { class: "receipt" }, h("p", {}, t.receipt), h("p", { class: "code" }, receipt.receipt)),
    h("p", { class: "quiet" }, t.receiptHelp),
    h("details", {}, h("summary", {}, t.attempt), h("p", { class: "fine" }, `${t.attempt}: ${receipt.attempt}`), h("p", { class: "fine" }, `${t.nonce}: ${receipt.nonce}`)),
    page.who.results_url && h("p", {}, h("a", { href: page.who.results_url }, t.results)),
    h("div", { class: "actions" }, more && button(t.again, showRules, "plain"), button(t.another, () => showEnter(), "plain")),
  );
  redraw = () => {
    drawBar();
    say(late, lateText());
    score?.draw();
  };
  redraw();
  if (score && !receipt.score) page.pulseMs = Math.min(page.pulseMs, SCORE_PULSE_MS);
  pulseLater();
  if (receipt.automatic) sendLate(receipt.attempt);
}

function scoreField() {
  const points = h("p", { class: "points" });
  const time = h("p", {});
  const help = h("p", { class: "quiet" });
  const field = h("div", { class: "score", role: "status" }, h("p", {}, t.score), points, time, help);
  const written = (number) => (page.language === "vi" ? number.replace(".", ",") : number);
  const draw = () => {
    const score = page.receipt.score;
    say(points, score ? `${written(score.points)}/${written(score.maximum)}` : "…");
    say(time, score?.time_ms >= 0 ? t.scoreTime(span(score.time_ms)) : "");
    say(help, score ? t.scoreHelp : t.scoreAwaited);
  };
  return { field, draw };
}

// What was chosen in time but comes too late is sent all the same: it is evidence for the committee.
async function sendLate(attempt) {
  await loadQueue(attempt);
  redraw();
  flush();
}

function lateText() {
  const count = unsent().size;
  if (count) return t.lateWaiting(count);
  const late = [...positions(page.late)].sort((one, other) => one - other);
  return late.length ? t.lateKept(late.map((at) => (at < 0 ? t.latePrediction : t.lateQuestion(at + 1))).join(", ")) : "";
}

// ---- the clock on the screen, four times a second

function tick() {
  const now = clock.now();
  const shown = page.paper && page.deadline && now !== null && view !== "done" && !isTogether();
  const time = $("time");
  const item = view === "together" && page.together?.item;
  const isAsked = item?.question && now !== null && now < item.closes_ms && !page.together.ended && !item.cancelled;
  if (isAsked) {
    const left = Math.ceil((item.closes_ms - now) / 1000);
    say(time, t.secondsLeft(left));
    time.dataset.hurry = left <= 5 ? "1" : "";
  } else if (shown) {
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
  if (page.news && performance.now() > page.newsUntil) {
    page.news = "";
    drawBar();
  }
  if (page.active && page.paper && isElsewhere()) lose();
  if (isTogether() && page.paper && page.deadline && now > page.deadline && !page.ended) timeIsUp();
  if (view === "waiting" || view === "together") redraw();
}

async function timeIsUp() {
  page.ended = true;
  page.receipt = null;
  if (page.attempt) await loadQueue(page.attempt);
  if (page.active) showNote("timeUp");
  flush();
  pulseLater();
}

// ---- keys, and coming back

document.addEventListener("keydown", (event) => {
  if ((view !== "exam" && view !== "together") || event.ctrlKey || event.altKey || event.metaKey) return;
  if (/^[1-9]$/.test(event.key) && page.hasFocus()) page.choose(Number(event.key) - 1);
  else if (page.moveBy && event.key === "ArrowRight") page.moveBy(1);
  else if (page.moveBy && event.key === "ArrowLeft") page.moveBy(-1);
  else return;
  event.preventDefault();
});

function comeBack() {
  failures = 0;
  if (!page.attempt) page.net = "ok";
  redraw();
  pulse();
  flush();
}

// ---- signals, only where the rules announce them: sent once, never again, and nothing waits for them

let leftAt = null;

function signal(kind, lasted = 0) {
  if (!page.who?.signals || !page.paper || page.ended || page.receipt || !page.active) return;
  const at = isTogether() ? (page.together?.item?.position ?? -1) : page.at < page.paper.length ? page.at : -1;
  call("signals", { signals: [[kind, at, clock.now() ?? -1, Math.round(lasted)]] }, true);
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") leftAt = performance.now();
  else if (leftAt !== null) {
    signal("left", performance.now() - leftAt);
    leftAt = null;
  }
});
document.addEventListener("copy", () => signal("copied"));
document.addEventListener("paste", () => signal("pasted"));

// When the network of an office is back, all its phones know it in the same moment.
window.addEventListener("online", () => setTimeout(comeBack, Math.random() * 1000));
window.addEventListener("offline", () => { page.net = "down"; redraw(); });
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && comeBack());
window.addEventListener("pageshow", ({ persisted }) => {
  if (!persisted || !page.who) return;
  if (page.paper && !page.ended) {
    if (isElsewhere()) page.active = false;
    resync();
  } else comeBack();
});

// A slip scanned while the page is open changes nothing but the fragment.
window.addEventListener("hashchange", () => location.hash && location.reload());

function waitAgain() {
  page.waits = true;
  showWaiting(page.who.opens_ms);
}

async function open() {
  document.documentElement.dataset.size = page.size;
  setInterval(tick, 250);
  const code = location.hash.slice(1).replace(/%20/g, " ");
  const kept = await recall("session");
  if (code) {
    former = kept;
    history.replaceState(null, "", location.pathname);
    showEnter("", code);
    const failed = await enter(code);
    if (failed) showEnter(explain(failed), code);
    return;
  }
  if (!kept?.token || !kept.who) {
    showEnter();
    return;
  }
  Object.assign(page, { who: kept.who, token: kept.token, attempt: kept.attempt });
  if (kept.receipt) {
    showDone(kept.receipt);
    if (scoreIsPromised()) pulse();
  } else if (kept.started) resync();
  else if (kept.waits) waitAgain();
  else showConfirm();
}

open();
