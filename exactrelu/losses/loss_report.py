"""What there is to say of a network's loss on data."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from exactrelu.enumeration.effort import Search, started
from exactrelu.errors import ArgumentError, BudgetExhaustedError
from exactrelu.losses.local_minimum import LocalMinimum, local_minimum
from exactrelu.losses.piecewise_gradient import PiecewiseGradient, piecewise_gradient
from exactrelu.losses.realization import Realization, realization_minimum
from exactrelu.losses.sample_pass import SamplePass
from exactrelu.losses.stationarity import Stationarity, stationarity
from exactrelu.losses.training_data import Loss, TrainingData
from exactrelu.networks.network import Network
from exactrelu.verification.verdict import Verdict


@dataclass(frozen=True)
class LossReport:
    """The loss of a network, and whether its parameters are stationary, a local minimum, a realization's.

    Parameters
    ----------
    through
        The network with its data.
    loss, least
        The mean loss, and the least one of any function on the data.
    gradients
        The gradients of the cells of parameters that meet here; None where there are too many.
    """

    through: SamplePass
    kind: Loss
    loss: Fraction
    least: Fraction
    gradients: PiecewiseGradient | None
    stationarity: Stationarity
    minimum: LocalMinimum
    realization: Realization

    @property
    def gradient(self) -> tuple[Fraction, ...] | None:
        """The gradient by all parameters, layer by layer, row by row, biases last; None where it depends."""
        found = self.gradients
        if found is None or not found.is_smooth:
            return None
        vectors = [found.smooth, *(block.pieces[0].gradient for block in found.blocks)]
        return tuple(sum(entries, Fraction(0)) for entries in zip(*vectors, strict=True))


def training_loss(
    network: Network,
    data: TrainingData,
    loss: Loss | str = Loss.SQUARED,
    *,
    biases: bool = True,
    search: Search | None = None,
) -> LossReport:
    """Return the exact loss of a network on data, and what its derivatives say.

    Parameters
    ----------
    network
        A network d -> D of any depth.
    data
        Samples of R^d x R^D.
    loss
        ``squared``, the mean of ||f(x) - y||_2^2, or ``absolute``, of ||f(x) - y||_1.
    biases
        Whether biases are parameters; else they are held.

    Returns
    -------
    LossReport
        Verdicts are ``unknown`` where the rules that are written in `losses/local_minimum.py` do not decide,
        or more than 20,000 cells of parameters meet.

    Raises
    ------
    ArgumentError
        For data of other dimensions, or an unknown loss.
    BudgetExhaustedError
        If the time ran out.

    Notes
    -----
    Berner, Elbraechter & Grohs, (7), (10), Example A.1.

    Examples
    --------
    Example A.1: a local minimum among the parameters, and none among the realizations.

    >>> dead = Network.from_rationals([([[3, 0]], None), ([[0]], None)])
    >>> data = TrainingData.of([[-1, 1], [-1, -1]], [1, -1])
    >>> report = training_loss(dead, data, biases=False)
    >>> report.loss, str(report.minimum.verdict), report.minimum.radius, str(report.realization.verdict)
    (Fraction(1, 1), 'holds', Fraction(3, 2), 'refuted')
    """
    if not isinstance(data, TrainingData):
        raise ArgumentError(f"data: expected TrainingData, got {type(data).__name__}")
    kind, through, clock = Loss(loss), SamplePass(network, data, biases), started(search)
    values = through, kind, through.loss(kind), data.least_loss(kind)
    try:
        found = piecewise_gradient(through, kind, clock)
    except BudgetExhaustedError as error:
        clock.check_time()
        unknown = Verdict.UNKNOWN
        minimum, realization = LocalMinimum(unknown, str(error)), Realization(unknown, str(error))
        return LossReport(*values, None, Stationarity(unknown), minimum, realization)
    clock.check_time()
    minimum = local_minimum(through, kind, found)
    realization = realization_minimum(through, kind, minimum, clock)
    return LossReport(*values, found, stationarity(found), minimum, realization)
