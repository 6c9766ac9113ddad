"""A queue's hours: Tempo says how much, Jira says which tickets still exist and what their people are called."""

from datetime import date

from datasource.deadline import Deadline
from datasource.jira.client import JiraCloud
from datasource.tempo.client import TempoCloud
from servicelevel.columns import TicketColumns
from servicelevel.policy import Queue
from servicelevel.ticket import Person
from servicelevel.worklogs import WorklogColumns, worklog_columns


class TempoHours:
    """The portal's source of hours."""

    def __init__(self, tempo: TempoCloud, jira: JiraCloud) -> None:
        self._tempo, self._jira = tempo, jira

    def read(self, queue: Queue, columns: TicketColumns, first: date, last: date, budget_s: float) -> WorklogColumns:
        """Hours on a queue's tickets with start dates from first to last, and its Tempo team's load.

        Worklogs of the queue's projects on other tickets are told apart: tickets that Jira still shows belong
        elsewhere, the others are orphans, as are those whose ticket could not be read.

        Raises:
            SourceError: Tempo, or Jira about the people and tickets behind the hours, gave no usable answer.
        """
        deadline = Deadline.after(budget_s)
        projects = [int(self._jira.project(key, deadline).id) for key in queue.projects]
        worklogs = self._tempo.project_worklogs(projects, first, last, deadline)
        outside = {item.ticket_id for item in worklogs}.difference(columns.id.tolist())
        left_out = outside & (columns.unreadable_ids | set(columns.missing))
        gone = left_out | (outside - self._jira.existing(outside - left_out, deadline))
        orphans = [item for item in worklogs if item.ticket_id in gone]
        known = {person.id: person for person in columns.people}
        unknown = {item.author_id for item in worklogs} - known.keys()
        people: dict[str, Person] = {**known, **self._jira.people(unknown, deadline)}
        team = None if queue.tempo_team is None else self._tempo.team_hours(queue.tempo_team, first, last, deadline)
        return worklog_columns(columns, worklogs, orphans, people, team)
