import Foundation
import SystemPackage

/// What the reference computed of pictures: `fixtures/models/goldens`, or the folder that `DOCKET_GOLDENS` names.
enum PictureGoldens {
    static let folder: URL = {
        if let named = ProcessInfo.processInfo.environment["DOCKET_GOLDENS"] {
            return URL(fileURLWithPath: named)
        }
        return (0..<4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in
            url.deletingLastPathComponent()
        }.appendingPathComponent("fixtures/models/goldens")
    }()

    struct Images: Decodable {
        struct Limits: Decodable {
            var factor: Int
            var shortest_edge: Int
            var longest_edge: Int
        }

        struct Image: Decodable {
            var name: String
            var file: String
            var width: Int
            var height: Int
            var resized_width: Int
            var resized_height: Int
            var grid_thw: [Int]
            var pixel_values_shape: [Int]
            var pixel_values_samples: [[Double]]
            var tensors: [String]
        }

        var limits: Limits
        var images: [Image]
    }

    struct Sizes: Decodable {
        struct Row: Decodable {
            var frames: Int?
            var height: Int
            var width: Int
            var factor: Int
            var temporal_factor: Int?
            var min_pixels: Int
            var max_pixels: Int
            var result: [Int]?
        }

        var image: [Row]
        var video: [Row]
    }

    struct VideoCase: Decodable {
        struct Clip: Decodable {
            var fps: Double
            var total_num_frames: Int
            var frames_indices: [Int]
        }

        var video: Clip
        var expanded_prompt: String
        var video_grid_thw: [[Int]]
    }

    static func json<Content: Decodable>(_ path: String, as _: Content.Type = Content.self) throws
        -> Content
    {
        try JSONDecoder().decode(Content.self, from: Data(contentsOf: folder.appending(path: path)))
    }

    static func images() throws -> Images { try json("images/images.json") }
    static func sizes() throws -> Sizes { try json("images/smart_resize.json") }
}

/// A safetensors file read whole, bytes included: a test's own reader.
struct GoldenArrays {
    private struct Entry: Decodable {
        var dtype: String
        var shape: [Int]
        var data_offsets: [Int]
    }

    private let entries: [String: Entry]
    private let data: Data

    init(_ path: String) throws {
        let file = try Data(contentsOf: PictureGoldens.folder.appending(path: path))
        let length = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        var header =
            try JSONSerialization.jsonObject(with: file[8..<8 + length]) as? [String: Any] ?? [:]
        header["__metadata__"] = nil
        entries = try JSONDecoder().decode(
            [String: Entry].self,
            from: JSONSerialization.data(withJSONObject: header)
        )
        data = file.suffix(from: 8 + length)
    }

    func bytes(_ name: String) -> [UInt8]? {
        guard let entry = entries[name], entry.dtype == "U8" else { return nil }
        return [UInt8](slice(entry))
    }

    func floats(_ name: String) -> [Float]? {
        guard let entry = entries[name], entry.dtype == "F32" else { return nil }
        return slice(entry).withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map {
                bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self)
            }
        }
    }

    func shape(_ name: String) -> [Int]? { entries[name]?.shape }

    private func slice(_ entry: Entry) -> Data {
        data[data.startIndex + entry.data_offsets[0]..<data.startIndex + entry.data_offsets[1]]
    }
}
