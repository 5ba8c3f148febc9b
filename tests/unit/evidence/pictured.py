"""Documents with pictures in them, made on the spot."""

from __future__ import annotations

import io
import random
from typing import Any

from PIL import Image, ImageDraw


def drawing(seed: int = 1, size: tuple[int, int] = (320, 200), form: str = "PNG") -> bytes:
    """A drawing of bars that differs with the seed."""
    return saved(drawn(seed, size), form)


def drawn(seed: int = 1, size: tuple[int, int] = (320, 200)) -> Image.Image:
    chance = random.Random(seed)
    image = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(image)
    bars = 6
    width = size[0] // bars
    for bar in range(bars):
        height = chance.randrange(size[1] // 8, size[1])
        colour = tuple(chance.randrange(30, 200) for _ in range(3))
        pen.rectangle((bar * width + 4, size[1] - height, (bar + 1) * width - 4, size[1]), fill=colour)
    return image


def saved(image: Image.Image, form: str = "PNG") -> bytes:
    target = io.BytesIO()
    image.save(target, form)
    return target.getvalue()


def word(pictures: list[tuple[bytes, str]], heading: str = "3. Products") -> bytes:
    """A Word document: a heading, then each picture with its caption under it."""
    import docx

    document: Any = docx.Document()
    document.add_heading("About the company", 0)
    document.add_heading(heading, 1)
    for picture, caption in pictures:
        document.add_picture(io.BytesIO(picture))
        document.add_paragraph(caption)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def deck(picture: bytes, title: str = "Our plant in Graz") -> bytes:
    from pptx import Presentation
    from pptx.util import Inches

    presentation: Any = Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[5])
    slide.shapes.title.text = title
    slide.shapes.add_picture(io.BytesIO(picture), Inches(1), Inches(2))
    target = io.BytesIO()
    presentation.save(target)
    return target.getvalue()


def pdf(picture: bytes, caption: str = "Figure: sales by region") -> bytes:
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    target = io.BytesIO()
    canvas: Any = Canvas(target, pagesize=A4)
    canvas.drawString(72, 760, "A note about the market")
    canvas.showPage()
    canvas.drawImage(ImageReader(io.BytesIO(picture)), 72, 420, 320, 200)
    canvas.drawString(72, 400, caption)
    canvas.save()
    return target.getvalue()


def workbook(picture: bytes, sheet: str = "Charts", cell: str = "C4") -> bytes:
    import openpyxl
    from openpyxl.drawing.image import Image as SheetImage

    book: Any = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    page["A1"] = "A picture of the plant"
    page.add_image(SheetImage(io.BytesIO(picture)), cell)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
