import Crypto
import Foundation

/// A model as the hub publishes it: its files by name, at one commit.
public struct PublishedModel: Sendable {
    /// `owner/name`.
    public let name: String
    /// What every revision means.
    public var commit: String
    /// Contents by names.
    public var files: [String: [UInt8]]
    /// Files that the hub keeps as large ones: named by SHA-256, served from elsewhere.
    public var isLarge: @Sendable (String) -> Bool = { $0.hasSuffix(".safetensors") }

    /// Describes what is published.
    public init(
        name: String = "Qwen/Tiny",
        commit: String = String(repeating: "a1", count: 20),
        files: [String: [UInt8]]
    ) {
        self.name = name
        self.commit = commit
        self.files = files
    }

    /// A model with weights of so many bytes, and besides it what a pull must leave alone.
    public static func tiny(weightBytes: Int = 300_000) -> PublishedModel {
        PublishedModel(files: [
            "config.json": Array(#"{"model_type": "qwen3_vl"}"#.utf8),
            "generation_config.json": Array("{}".utf8),
            "tokenizer.json": Array(#"{"model": {"vocab": {}}}"#.utf8),
            "tokenizer_config.json": Array("{}".utf8),
            "preprocessor_config.json": Array("{}".utf8),
            "README.md": Array("# Tiny\n".utf8),
            "model.safetensors": safetensors(byteCount: weightBytes),
            "pytorch_model.bin": Array("a pickle".utf8),
            "onnx/model.onnx": Array("another program's".utf8),
        ])
    }

    /// A weight file with one tensor of so many bytes, none like its neighbours.
    public static func safetensors(byteCount: Int, seed: UInt8 = 1) -> [UInt8] {
        let header = Array(
            #"{"w":{"dtype":"U8","shape":[\#(byteCount)],"data_offsets":[0,\#(byteCount)]}}"#.utf8
        )
        var bytes = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) } + header
        bytes.reserveCapacity(bytes.count + byteCount)
        var state = UInt32(seed)
        for _ in 0..<byteCount {
            state = state &* 1_664_525 &+ 1_013_904_223
            bytes.append(UInt8(truncatingIfNeeded: state >> 24))
        }
        return bytes
    }

    /// Answers as the hub does, without a fault.
    public func answer(_ request: FaultyHub.Request) -> FaultyHub.Reply {
        let path = request.target.prefix { $0 != "?" }
        if path.hasPrefix("/api/models/\(name)/revision/") { return .json(listing) }
        if let range = path.range(of: "/\(name)/resolve/"), range.lowerBound == path.startIndex {
            let rest = path[range.upperBound...]
            guard let slash = rest.firstIndex(of: "/"),
                let bytes = files[String(rest[rest.index(after: slash)...])]
            else { return FaultyHub.Reply(status: 404, headers: ["X-Error-Code": "EntryNotFound"]) }
            return .file(bytes, request, headers: ["X-Repo-Commit": commit])
        }
        return FaultyHub.Reply(status: 404, headers: ["X-Error-Code": "RepoNotFound"])
    }

    /// What the hub's API says of it.
    public var listing: String {
        let siblings = files.sorted { $0.key < $1.key }.map { name, bytes in
            let blob = Self.gitName(bytes)
            return isLarge(name)
                ? #"{"rfilename":"\#(name)","size":\#(bytes.count),"blobId":"\#(blob)","#
                    + #""lfs":{"sha256":"\#(Self.sha256(bytes))","size":\#(bytes.count)}}"#
                : #"{"rfilename":"\#(name)","size":\#(bytes.count),"blobId":"\#(blob)"}"#
        }
        return #"{"sha":"\#(commit)","siblings":[\#(siblings.joined(separator: ","))]}"#
    }

    /// The SHA-256 of bytes, in hexadecimal.
    public static func sha256(_ bytes: [UInt8]) -> String {
        SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined()
    }

    /// The name that git gives to content.
    public static func gitName(_ bytes: [UInt8]) -> String {
        Insecure.SHA1.hash(data: Array("blob \(bytes.count)\0".utf8) + bytes)
            .map { String(format: "%02x", $0) }.joined()
    }
}

extension FaultyHub.Reply {
    /// JSON.
    public static func json(_ text: String) -> FaultyHub.Reply {
        FaultyHub.Reply(headers: ["Content-Type": "application/json"], body: Array(text.utf8))
    }

    /// A file, or the part of it that is asked for.
    public static func file(
        _ bytes: [UInt8],
        _ request: FaultyHub.Request,
        headers: [String: String] = [:]
    ) -> FaultyHub.Reply {
        var headers = headers
        guard let start = request.rangeStart else {
            return FaultyHub.Reply(headers: headers, body: bytes)
        }
        guard start < bytes.count else {
            headers["Content-Range"] = "bytes */\(bytes.count)"
            return FaultyHub.Reply(status: 416, headers: headers)
        }
        headers["Content-Range"] = "bytes \(start)-\(bytes.count - 1)/\(bytes.count)"
        return FaultyHub.Reply(status: 206, headers: headers, body: Array(bytes[start...]))
    }

    /// Somewhere else.
    public static func redirect(_ target: String) -> FaultyHub.Reply {
        FaultyHub.Reply(status: 302, headers: ["Location": target])
    }
}
