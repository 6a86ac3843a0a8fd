"""Forms of this room. Their choices are rows that were read before, so no template runs a query."""

from plans.forms.channels import BlackoutForm, ChannelForm, channel_initial
from plans.forms.fields import PlainForm
from plans.forms.plans import PlanForm, StreamForm, TakeOverForm, plan_initial, stream_initial
from plans.forms.promises import EndPromiseForm, PromiseForm, promise_initial

__all__ = [
    "BlackoutForm",
    "ChannelForm",
    "EndPromiseForm",
    "PlainForm",
    "PlanForm",
    "PromiseForm",
    "StreamForm",
    "TakeOverForm",
    "channel_initial",
    "plan_initial",
    "promise_initial",
    "stream_initial",
]
