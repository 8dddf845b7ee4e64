import Crypto
import Foundation
import Qwen

/// Decoding, resizing and cutting into patches, and the arithmetic of sizes.
struct PictureParity {
    let folder: GoldenFolder

    func compare(into report: inout ParityReport) throws {
        let pictures = try RecordedPictures(folder)
        let (records, arrays) = (pictures.records, pictures.arrays)
        for name in arrays.names {
            report.expect("images/\(name)", group: "images", stage: stage(of: name))
        }
        for record in records.images {
            report.expect("images/\(record.name) size", group: "images", stage: "size and digests")
            report.expect("images/\(record.name) decoded", group: "images", stage: "decoded")
        }
        let preprocessor = PicturePreprocessor(
            PictureSettings(
                fewestPixels: records.limits.shortest_edge,
                mostPixels: records.limits.longest_edge
            )
        )
        for record in records.images {
            try compare(record, pictures, preprocessor, into: &report)
        }
        try compareSizes(into: &report)
    }

    private func stage(of array: String) -> String {
        array.split(separator: ".").last.map(String.init) ?? array
    }

    private func compare(
        _ record: PictureRecord,
        _ pictures: RecordedPictures,
        _ preprocessor: PicturePreprocessor,
        into report: inout ParityReport
    ) throws {
        let arrays = pictures.arrays
        let stem = record.name
        let rgb = try pictures.picture(stem)
        let decoded = try pictures.decoded(record)
        compareDecoded(record, decoded, rgb, into: &report)

        let size = try preprocessor.targetSize(width: rgb.width, height: rgb.height)
        let resized = BicubicResize.resized(rgb, width: size.width, height: size.height)
        let patches = try preprocessor.patches(for: rgb)
        let grid = [patches.grid.time, patches.grid.rows, patches.grid.columns]
        var problem: String?
        if size.width != record.resized_width || size.height != record.resized_height {
            problem = "is resized to \(size.width) x \(size.height)"
        } else if grid != record.grid_thw {
            problem = "has the grid \(grid)"
        } else if digest(resized.pixels) != record.resized_sha256 {
            problem = "has other pixels when resized"
        } else if digest(patches.values.withUnsafeBytes(Array.init)) != record.pixel_values_sha256 {
            problem = "has other pixel values"
        }
        report.compare("images/\(stem) size", problem: problem)

        for name in arrays.names where name.hasPrefix("\(stem).") {
            let part = String(name.dropFirst(stem.count + 1))
            switch part {
            case "rgb":
                report.compare(
                    "images/\(name)",
                    problem: digest(rgb.pixels) == record.rgb_sha256 ? nil : "has another digest"
                )
            case "resized":
                let same = try resized.pixels == arrays.bytes(name)
                report.compare("images/\(name)", problem: same ? nil : "other pixels")
            case "resized_pillow":
                // Pillow's arithmetic differs from the one we follow by a level or two.
                let error =
                    zip(resized.pixels, try arrays.bytes(name))
                    .map { abs(Int($0) - Int($1)) }.max() ?? 0
                report.compare("images/\(name)", error: Double(error), tolerance: 2)
            case "pixel_values":
                let error = largestDifference(patches.values, try arrays.floats(name))
                report.compare("images/\(name)", error: error, tolerance: 0)
            default: break
            }
        }
    }

    /// Our own decoding beside the recorded pixels.
    private func compareDecoded(
        _ record: PictureRecord,
        _ decoded: RGBPicture,
        _ rgb: RGBPicture,
        into report: inout ParityReport
    ) {
        let item = "images/\(record.name) decoded"
        // Decoders of JPEG may differ by rounding; all others are exact.
        guard record.file.hasSuffix(".jpg") else {
            report.compare(
                item,
                problem: digest(decoded.pixels) == record.rgb_sha256 ? nil : "has other pixels"
            )
            return
        }
        guard decoded.width == rgb.width, decoded.height == rgb.height else {
            report.compare(item, problem: "is \(decoded.width) x \(decoded.height)")
            return
        }
        let error = zip(decoded.pixels, rgb.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 0
        report.compare(item, error: Double(error), tolerance: 3)
    }

    private func digest(_ bytes: [UInt8]) -> String {
        SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined()
    }

    // MARK: - Sizes by numbers alone

    private struct SizeFile: Decodable {
        let image: [SizeRow]
        let video: [SizeRow]
    }

    private struct SizeRow: Decodable {
        let frames: Int?
        let height: Int
        let width: Int
        let factor: Int
        let temporal_factor: Int?
        let min_pixels: Int
        let max_pixels: Int
        let result: [Int]?
    }

    private func compareSizes(into report: inout ParityReport) throws {
        let table = try folder.read(SizeFile.self, "images/smart_resize.json")
        for (name, rows) in [("image", table.image), ("video", table.video)] {
            report.expect("smart_resize/\(name)", group: "images", stage: "smart_resize")
            var wrong: [String] = []
            for row in rows {
                let found = size(row)
                if found != row.result {
                    wrong.append("\(row.height) x \(row.width) becomes \(found ?? [])")
                }
            }
            report.compare(
                "smart_resize/\(name)",
                problem: wrong.isEmpty ? nil : "\(wrong.count) sizes differ: \(wrong[0])"
            )
        }
    }

    private func size(_ row: SizeRow) -> [Int]? {
        let found: (width: Int, height: Int)?
        if let frames = row.frames, let temporal = row.temporal_factor {
            found = try? SmartResize.video(
                frames: frames,
                width: row.width,
                height: row.height,
                temporalSide: temporal,
                side: row.factor,
                fewestPixels: row.min_pixels,
                mostPixels: row.max_pixels
            )
        } else {
            found = try? SmartResize.still(
                width: row.width,
                height: row.height,
                side: row.factor,
                fewestPixels: row.min_pixels,
                mostPixels: row.max_pixels
            )
        }
        return found.map { [$0.height, $0.width] }
    }
}
