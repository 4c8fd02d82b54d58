"""Analysis tables whose patients were enrolled over time."""

import numpy as np
import pandas as pd


def enrolled(frame: pd.DataFrame, *, days: int = 730) -> pd.DataFrame:
    """The table with patients enrolled evenly, in no order, over so many days from 2023-01-01."""
    after = np.linspace(0, days - 1, len(frame)).round().astype("timedelta64[D]")
    place = np.argsort(np.random.default_rng(1).random(len(frame)))
    return frame.assign(enrolled_on=(np.datetime64("2023-01-01") + after[place]).astype("datetime64[s]"))
