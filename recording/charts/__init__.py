"""Line charts as SVG text, for reports and for the pages of programs: nothing but the text is needed to see them.

They print on A4 and can be read in black and white: curves differ by their strokes, colours only help.
"""

from recording.charts.axes import Axis, calendar_axis, hours_axis, model_time_axis
from recording.charts.line_chart import chart
from recording.charts.panels import Band, Curve, Panel, Stroke

__all__ = ["Axis", "Band", "Curve", "Panel", "Stroke", "calendar_axis", "chart", "hours_axis", "model_time_axis"]
