"""The optional texts of an update: what the plan's templates say beside its body, by the names of `TEXTS`."""

from stillup.frozen import dataclass
from stillup.records.field import Text
from stillup.records.mark import Strict


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts(Strict):
    """What can be said apart from the body; a missing one drops its whole line wherever it would stand."""

    impact_text: Text = ""
    """What customers notice."""

    progress: Text = ""
    """What was done so far."""

    next_steps: Text = ""
    """What is done next."""

    eta: Text = ""
    """When it is expected to work again, in words."""

    summary: Text = ""
    """What happened, in a few sentences."""

    resolution: Text = ""
    """What made it work again."""

    prevention: Text = ""
    """What is done so that it does not happen again."""

    monitoring: Text = ""
    """What is watched from now on."""

    scope: Text = ""
    """Who is affected, and who is not."""

    workaround: Text = ""
    """What customers can do meanwhile, or `none_known`."""

    data_loss: Text = ""
    """What was lost, or `none`."""
