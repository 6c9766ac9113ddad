"""What people write: summaries by queue, answers, notes, and a few texts that programs trip over."""

from __future__ import annotations

from functools import lru_cache

from demo.streams import Stream
from demo.workflow import compact

_SUMMARIES: dict[str, tuple[str, ...]] = {
    "SD": (
        "Laptop {n} does not start after the update", "VPN drops every {m} minutes from home",
        "No mail since this morning on floor {m}", "Printer {n} on floor {m} jams", "New screen for the {place} office",
        "Account locked after three attempts", "Access to the shared folder {place}", "Teams call without sound",
        "Phone {n} cannot join the Wi-Fi", "Install the PDF editor for {m} colleagues", "How do I change my password?",
        "Replace the keyboard of notebook {n}", "Calendar of the meeting room {place} is empty",
    ),
    "BILL": (
        "Invoice {n} was charged twice", "Tax number missing on invoice {n}", "Refund for order {n}",
        "Change of address for contract {n}", "Dunning letter sent although {n} is paid",
        "Which cost centre for the {place} branch?", "Credit note for {m} licences", "Payment {n} cannot be assigned",
        "New price list for {place} is not applied",
    ),
    "OPS": (
        "Deploy of release {m}.{d} to {place} fails", "Database {place}-db-{d} at {m} % disk", "Quota for team {place}",
        "Rotate the certificate of {place}.internal", "Pipeline {n} stuck in queue", "Read access to logs of {place}",
        "Memory of worker {d} grows by {m} MB an hour", "Restore table from the backup of Tuesday",
        "New service account for {place}",
    ),
    "NET": (
        "Link {place}–hub down", "Packet loss of {m} % at {place}", "Wi-Fi controller {d} unreachable",
        "Open port {n} from {place} to the hub", "DNS answers slowly at {place}", "Firewall change for {place}",
        "Switch {place}-sw{d} restarts by itself", "Replace the power supply in rack {m}",
    ),
    "HR": (
        "Question about my payslip of last month", "Parental leave from month {d} on", "Certificate of employment",
        "Onboarding of {m} interns in {place}", "Change of bank account", "Remaining days of leave wrong",
        "Move from part time to full time", "Travel expenses {n} are not paid",
    ),
    "DEV": (
        "Report {n} takes {m} minutes", "Login with the new directory fails in {place}", "Step {d} does nothing",
        "Import of file {n} stops at row {m}", "API answers 500 for customer {n}", "Upgrade of library {d} is overdue",
        "Export loses the last {m} rows", "Search finds no tickets of {place}", "Dark mode for the tool of {place}",
        "Numbers of team {d} differ from the dashboard", "Session ends after {m} seconds",
    ),
    "WEB": (
        "Shop page of {place} is blank on phones", "Wrong price on article {n}", "Contact form {d} sends nothing",
        "New landing page for {place}", "Picture {n} is missing", "Cookie banner hides button {d}",
        "Search for {place} shows {m} pages of nothing", "Map of branch {place} points to the sea",
        "Newsletter {n} has a broken link",
    ),
    "FLD": (
        "Terminal {n} at shop {place} prints nothing", "Router at {place} blinks red", "New cabling for till {d}",
        "Card reader {n} rejects every second card", "Screen in the window of {place} is dark",
        "Exchange of the scanner at {place}", "Move of shop {place}: dismantle {d} tills",
    ),
}  # fmt: skip

_PLACES = (
    "Campinas", "Santos", "Recife", "Berlin", "Potsdam", "Moema", "Pinheiros", "Leipzig", "Sorocaba", "Mitte", "Osasco",
    "Curitiba",
)  # fmt: skip

_ODD_SUMMARIES = (
    "\u200bPrinter without a driver",
    "打印机无法连接网络，请尽快处理",
    "<script>alert('till 4')</script> shown on the receipt",
    "The \"new\" form says 'error' & <b>nothing else</b>",
    "=cmd|'/C calc'!A0 in the export",
    "\u200fשלום: the label is mirrored",
    "Everything is slow. " * 12 + "Please help!!!",
    "🚨 Till on fire 🔥 (only the screen) 🚒",
    "@SUM(1+1) as the name of a customer",
    "   leading and trailing blanks   ",
    "Antwort: WG: AW: Re: FW: (no subject)",
)

_ANSWERS = (
    "Thank you for the report. We are looking into it.", "Could you send us a screenshot and the exact time?",
    "We have found the cause and are preparing a correction.", "This should work again. Would you please check?",
    "A colleague will call you this afternoon.", "Please restart the device once and tell us what it shows.",
)  # fmt: skip
_QUESTIONS = (
    "We need the serial number to go on.", "Which of the two accounts do you mean?",
    "Would Thursday between 10 and 12 suit you?", "Please confirm that we may restart the service.",
)  # fmt: skip
_REPLIES = (
    "Here it is, thank you.", "Yes, please go ahead.", "It still happens.", "The second one.", "Thursday is fine.",
    "Any news?",
)  # fmt: skip
_NOTES = (
    "Known from last month, see the wiki.", "Handed over in the shift meeting.", "Vendor case opened.",
    "Workaround in place, cause still unknown.", "Checked the logs: nothing before 06:12.",
)  # fmt: skip
_COLLEAGUES = (
    "We see the same here.", "Is this planned for the next release?", "For us it is not urgent.", "+1",
    "See also last week.",
)  # fmt: skip
_WORK = (
    "Analysis", "Call with the customer", "Configuration", "On-site visit", "Test and follow-up", "Documentation",
)  # fmt: skip

REVIEWED = "A change for this was merged."
REMARKED = _COLLEAGUES
RECEIVED = "We have received your request and will answer within our service hours."
CLOSED_SILENTLY = "Closed because nobody objected."
ASKED = _QUESTIONS
ANSWERED = _ANSWERS
REPLIED = _REPLIES
NOTED = _NOTES
WORKED = _WORK


def summary(stream: Stream, project: str) -> str:
    """A title as somebody would type it; about one in eighty is hard on programs."""
    template, number, small = stream.pick(_SUMMARIES[project]), stream.whole(1000, 99_999), stream.whole(2, 60)
    place = stream.pick(_PLACES)
    if stream.chance(1 / 80):
        return stream.pick(_ODD_SUMMARIES)
    return template.format(n=number, m=small, d=small % 9 + 1, place=place)


@lru_cache(maxsize=2000)
def document(text: str) -> str:
    """The text as the JSON of an Atlassian document."""
    paragraph = {"type": "paragraph", "content": [{"type": "text", "text": text}]}
    return compact({"type": "doc", "version": 1, "content": [paragraph]})
