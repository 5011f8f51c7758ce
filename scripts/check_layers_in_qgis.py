"""Open exported layers in QGIS, check that each comes styled and described, and draw each.

Needs QGIS and its Python (Debian: qgis, python3-qgis), so it runs with the system's interpreter and
imports nothing of the toolkit:

    QT_QPA_PLATFORM=offscreen /usr/bin/python3 scripts/check_layers_in_qgis.py FOLDER PICTURES

FOLDER is what a study or `analysis.export_layers` wrote: layers.gpkg and, where they are, geojson/,
shp/ and styles/. A picture with its legend is written for each layer as QGIS opens it, and for each
.qml and .sld. What is wrong is printed, and the exit code says whether anything is.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from qgis.core import (
    QgsApplication,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsLayerTree,
    QgsLayerTreeModel,
    QgsLegendRenderer,
    QgsLegendSettings,
    QgsLegendStyle,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsRenderContext,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor, QFont, QFontDatabase, QImage, QPainter

FONT = Path(__file__).parents[1] / "analysis/data/fonts/CityrippleSansSC-Regular.otf"
WIDTH, HEIGHT, LEGEND, DPI = 900, 700, 260, 96


def legend(layer: QgsVectorLayer, painter: QPainter) -> None:
    """Draw the legend at the left of the picture."""
    tree = QgsLayerTree()
    tree.addLayer(layer)
    model = QgsLayerTreeModel(tree)
    settings = QgsLegendSettings()
    for style in (QgsLegendStyle.Title, QgsLegendStyle.Subgroup, QgsLegendStyle.SymbolLabel):
        look = settings.style(style)
        look.setFont(QgsApplication.font())
        settings.setStyle(style, look)
    context = QgsRenderContext.fromQPainter(painter)
    context.setScaleFactor(DPI / 25.4)
    renderer = QgsLegendRenderer(model, settings)
    painter.save()
    painter.scale(DPI / 25.4, DPI / 25.4)
    renderer.drawLegend(context)
    painter.restore()


def draw(layer: QgsVectorLayer, path: Path) -> None:
    """Render the layer as it is styled now, with its legend."""
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setOutputSize(QSize(WIDTH, HEIGHT))
    settings.setOutputDpi(DPI)
    extent = layer.extent()
    extent.scale(1.05)
    settings.setExtent(extent)
    settings.setBackgroundColor(QColor("white"))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    page = QImage(WIDTH + LEGEND, HEIGHT, QImage.Format_ARGB32)
    page.fill(QColor("white"))
    painter = QPainter(page)
    painter.drawImage(LEGEND, 0, job.renderedImage())
    legend(layer, painter)
    painter.end()
    page.save(str(path))


def unstyled(layer: QgsVectorLayer) -> tuple[int, int]:
    """Features that no class of the renderer holds, and those that more than one holds."""
    renderer = layer.renderer().clone()
    context = QgsRenderContext()
    scope = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    context.setExpressionContext(scope)
    renderer.startRender(context, layer.fields())
    none = several = 0
    for feature in layer.getFeatures():
        context.expressionContext().setFeature(feature)
        held = len(renderer.symbolsForFeature(feature, context))
        none += held == 0
        several += held > 1
    renderer.stopRender(context)
    return none, several


def faults(layer: QgsVectorLayer) -> list[str]:
    """What is wrong with a layer as QGIS opened it."""
    if not layer.isValid():
        return ["does not open"]
    found = []
    if not layer.featureCount():
        found.append("has no features")
    if layer.renderer().type() not in ("categorizedSymbol", "RuleRenderer"):
        found.append(f"opens without its style ({layer.renderer().type()})")
    none, several = unstyled(layer)
    if none or several:
        found.append(f"{none} features are in no class and {several} in more than one")
    if not layer.metadata().title():
        layer.loadDefaultMetadata()  # the .qmd beside a file, as the window does on adding a layer
    if not layer.metadata().title() or not layer.metadata().abstract():
        found.append("has no metadata")
    if not any(layer.attributeAlias(i) for i in range(layer.fields().count())):
        found.append("has no printed names of columns")
    return found


def sources(folder: Path) -> list[tuple[str, str]]:
    """Name and source of every layer below a folder."""
    from osgeo import ogr

    found = []
    package = folder / "layers.gpkg"
    if package.exists():
        data = ogr.Open(str(package))
        names = [data.GetLayer(i).GetName() for i in range(data.GetLayerCount())]
        found += [(n, f"{package}|layername={n}") for n in names if n != "layer_styles"]
    for kind in ("geojson", "shp"):
        found += [(f"{kind}-{p.stem}", str(p)) for p in sorted((folder / kind).glob(f"*.{kind}"))]
    return found


def check_styles(folder: Path, pictures: Path, layers: dict[str, str]) -> list[str]:
    """Load each .qml and .sld onto its layer of the GeoPackage, and draw it."""
    wrong = []
    for file in sorted((folder / "styles").glob("*.*")):
        name = next(n for n in sorted(layers, key=len, reverse=True) if file.stem.startswith(n))
        layer = QgsVectorLayer(layers[name], file.name, "ogr")
        if file.suffix == ".qml":  # without the flag the style inside of the GeoPackage wins
            text, done = layer.loadNamedStyle(str(file), loadFromLocalDb=True)
        else:
            text, done = layer.loadSldStyle(str(file))
        none, several = unstyled(layer)
        if not done or none or several:
            wrong.append(f"{file.name}: {text or f'{none} in no class, {several} in several'}")
        draw(layer, pictures / f"style-{file.name}.png")
    return wrong


def main() -> int:
    folder, pictures = Path(sys.argv[1]), Path(sys.argv[2])
    pictures.mkdir(parents=True, exist_ok=True)
    application = QgsApplication([], GUIenabled=False)
    application.initQgis()
    number = QFontDatabase.addApplicationFont(str(FONT))
    application.setFont(QFont(QFontDatabase.applicationFontFamilies(number)[0], 8))
    wrong, found = [], sources(folder)
    for name, source in found:
        layer = QgsVectorLayer(source, name, "ogr")
        wrong += [f"{name}: {fault}" for fault in faults(layer)]
        if layer.isValid():
            draw(layer, pictures / f"{name}.png")
            styles = layer.listStylesInDatabase()[0] if source.endswith(f"layername={name}") else 0
            title = layer.metadata().title()
            print(f"{name}: {layer.featureCount()} features, {styles} styles, {title}")
    packaged = {name: source for name, source in found if "|layername=" in source}
    wrong += check_styles(folder, pictures, packaged)
    print(*wrong or ["everything opens as it should"], sep="\n")
    return int(bool(wrong))


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # QGIS crashes while Python takes its objects down
