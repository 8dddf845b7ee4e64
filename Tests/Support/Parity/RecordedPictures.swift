import Foundation
import Imaging
import Qwen
import SystemPackage

/// What was recorded of a picture.
struct PictureRecord: Decodable {
    let name: String
    let file: String
    let rgb_sha256: String
    let resized_height: Int
    let resized_width: Int
    let grid_thw: [Int]
    let resized_sha256: String
    let pixel_values_sha256: String
}

/// `images/images.json`.
struct PictureRecords: Decodable {
    let limits: Limits
    let images: [PictureRecord]

    struct Limits: Decodable {
        let shortest_edge: Int
        let longest_edge: Int
    }
}

/// The pictures and frames that the recordings were made from.
struct RecordedPictures {
    let folder: GoldenFolder
    let records: PictureRecords
    let arrays: GoldenArrays

    init(_ folder: GoldenFolder) throws {
        self.folder = folder
        records = try folder.read(PictureRecords.self, "images/images.json")
        arrays = try GoldenArrays(folder.goldens.appending("images/images.safetensors"))
    }

    /// The pixels as they were recorded, so that decoders of JPEG do not matter; large pictures are decoded.
    func picture(_ name: String) throws -> RGBPicture {
        if arrays.names.contains("\(name).rgb") {
            let shape = try arrays.shape("\(name).rgb")
            return RGBPicture(
                width: shape[1],
                height: shape[0],
                pixels: try arrays.bytes("\(name).rgb")
            )
        }
        guard let record = records.images.first(where: { $0.name == name }) else {
            throw GoldenFault.noArray("\(name).rgb", file: arrays.file.path)
        }
        return try decoded(record)
    }

    /// Our own decoding of a picture's file.
    func decoded(_ record: PictureRecord) throws -> RGBPicture {
        let path = folder.goldens.appending(record.file).string
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let picture = try PictureFile(bytes: bytes).decode(
            wideSamples: record.name.hasSuffix("high_byte") ? .highByte : .saturated
        )
        return RGBPicture(width: picture.width, height: picture.height, pixels: picture.rgbBytes())
    }

    /// The frames of the recorded video, in order.
    func frames() throws -> [RGBPicture] {
        let directory = folder.goldens.appending("video")
        return try folder.names(in: directory, ending: ".png").map { name in
            let path = directory.appending(name).string
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            let picture = try PictureFile(bytes: bytes).decode()
            return RGBPicture(
                width: picture.width,
                height: picture.height,
                pixels: picture.rgbBytes()
            )
        }
    }
}

extension RecordedPictures {
    /// The patches of the pictures and the video that a recorded case shows.
    func shown(
        in recorded: GoldenCase,
        to engine: EngineUnderTest
    ) throws -> (images: [PicturePatches], videos: [PicturePatches]) {
        let images = try (recorded.images ?? []).map {
            try engine.preprocessor.patches(for: picture($0))
        }
        let videos =
            recorded.video == nil
            ? [] : [try engine.preprocessor.patches(forFrames: frames())]
        return (images, videos)
    }
}
