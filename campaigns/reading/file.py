"""What a campaign's file says: what all cells have in common, the axes of its grid, and cells of their own."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from campaigns.cell import CellParameters
from equipment.config_json import Keys

CELL_KEYS = tuple(CellParameters.model_fields)


class CampaignFile(BaseModel):
    """One campaign."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)

    title: str = Field("", description="What the overview is called; the file's name when absent.")
    base: dict[str, Any] = Field({}, description="What all cells have in common.")
    grid: dict[str, Any] | None = Field(
        None,
        description="Axes: a key of cells, or a path into one (plant.envelope.window_w_m2k), with the list of its "
        "values, or {from: 0, to: 360, step: 30} for whole numbers. Every combination is a cell.",
    )
    cells: list[dict[str, Any]] | None = Field(
        None, description="Cells by themselves. With a grid, each of them is combined with every point of it."
    )
    record: bool = Field(False, description="true keeps a recording of each cell, for python main.py report.")
    server_tests: int = Field(
        1, ge=1, le=1000, description="How many cells use one BOPTEST server at a time: as many as it has workers."
    )


FILE_KEYS: Keys = {(): tuple(CampaignFile.model_fields)}
