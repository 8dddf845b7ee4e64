import FoundationEssentials
import Glibc
import SystemPackage
import Testing

@testable import Tensors

@Suite struct PackedFileTests {
    let folder: WrittenFolder
    let small: PackedBytes

    init() throws {
        folder = try WrittenFolder()
        small = try PackedBytes(in: folder)
    }

    var path: FilePath { folder.path.appending("changed.int8.docket") }

    /// What a file of some bytes is refused for; nil when it is read.
    func fault(_ bytes: [UInt8]) throws -> WeightFault? {
        try folder.write(bytes, as: "changed.int8.docket")
        return TensorsTests.fault { () throws(WeightFault) in _ = try PackedFile(path) }
    }

    func fault(_ change: (inout PackedContents) -> Void) throws -> WeightFault? {
        var changed = small
        change(&changed.contents)
        return try fault(try changed.bytes)
    }

    // MARK: What is read

    @Test func `weights come back with their form, shape and bytes, each at a multiple of 64`()
        throws
    {
        let file = try PackedFile(folder.path.appending("small.int8.docket"))
        #expect(file.storedTensors.map(\.name) == ["eight", "four", "rows", "vector"])
        for (name, form, shape) in PackedBytes.tensors {
            let tensor = try #require(try file.tensor(named: name))
            #expect(tensor.form == form)
            #expect(tensor.shape == shape)
            #expect(tensor.offset.isMultiple(of: 64))
            let isWritten = unsafe tensor.withBytes { bytes in
                unsafe bytes.enumerated().allSatisfy {
                    $1 == UInt8(truncatingIfNeeded: $0 &* 7 &+ name.utf8.count)
                }
            }
            #expect(isWritten)
        }
        #expect(try file.tensor(named: "none") == nil)
        #expect(try file.bytes(ofFile: "config.json") == Array("{\"a\": 1}".utf8))
        #expect(try file.bytes(ofFile: "eight") == nil)
        #expect(file.byteCount(ofFile: "config.json") == 8)
        #expect(file.byteCount(ofFile: "eight") == nil)
        #expect(file.contents == small.contents)
        #expect(file.damagedSections() == [])
    }

    @Test func `a file that nothing was changed of is read again`() throws {
        #expect(try fault(small.bytes) == nil)
    }

    @Test func `a weight without elements lies where another section begins`() throws {
        var changed = small
        for (name, section) in [
            ("at a file", small.contents.files[0]),
            ("at a weight", small.contents.tensors[1].section),
        ] {
            changed.contents.tensors.append(
                PackedTensor(
                    name: name,
                    form: "F32",
                    shape: [0],
                    offset: section.offset,
                    bytes: 0,
                    sha256: SectionDigest().text
                )
            )
        }
        #expect(try fault(changed.bytes) == nil)
        #expect(try PackedFile(path).damagedSections() == [])
    }

    // MARK: Damage

    @Test func `a file that ends anywhere before its end is refused`() throws {
        let whole = try small.bytes
        let ends = small.contents.tensors.flatMap { [$0.offset, $0.offset + $0.bytes / 2] }
        for length in [0, 5, 8, 40, 63, 64, whole.count - 1] + ends {
            let found = try #require(try fault(Array(whole[..<length])))
            switch found {
            case .notPacked: #expect(length < 8)
            case .truncated(_, let needed, let found):
                #expect(found == length)
                #expect(needed == (length < 64 ? 64 : whole.count))
            default: Issue.record("cut to \(length): \(found)")
            }
        }
        #expect(
            try fault(whole + [0]) == .unclaimedBytes(file: path, before: nil, count: 1)
        )
    }

    @Test func `no bit of the first 64 bytes or of the table of contents can flip unnoticed`()
        throws
    {
        let whole = try small.bytes
        let places = Array(0..<64) + stride(from: small.data.count, to: whole.count, by: 3)
        for place in places {
            var bytes = whole
            bytes[place] ^= 1 << UInt8(place % 8)
            #expect(try fault(bytes) != nil, "byte \(place)")
        }
    }

    @Test func `what is damaged of the weights shows when everything is hashed`() throws {
        let four = small.contents.tensors[1]
        var bytes = try small.bytes
        bytes[four.offset + 100] ^= 1
        #expect(try fault(bytes) == nil)
        #expect(try PackedFile(path).damagedSections() == ["four"])
        // Between two sections nothing may hide.
        bytes = try small.bytes
        bytes[small.contents.tensors[2].offset + 31] = 1
        #expect(try fault(bytes) == nil)
        #expect(try PackedFile(path).damagedSections()?.isEmpty == false)
    }

    @Test func `a settings file that is damaged is not handed out`() throws {
        var bytes = try small.bytes
        bytes[small.contents.files[0].offset] ^= 1
        try folder.write(bytes, as: "changed.int8.docket")
        let file = try PackedFile(path)
        #expect(throws: WeightFault.damagedPacked(file: path, .section("config.json"))) {
            try file.bytes(ofFile: "config.json")
        }
    }

    @Test func `other files and other layouts are told apart`() throws {
        #expect(try fault(Array("GGUF and so on".utf8)) == .notPacked(file: path))
        var bytes = try small.bytes
        bytes[8] = 9
        let found = try fault(bytes)
        #expect(
            found
                == .otherPackedLayout(file: path, found: 9, supported: PackedLayout.version)
        )
        bytes = try small.bytes
        bytes.replaceSubrange(12..<16, with: [1, 2, 3, 4])
        #expect(try fault(bytes) == .bigEndianPacked(file: path))
    }

    // MARK: What it was made of

    @Test
    func `a file tells what it was made of though it is of another layout, too long or damaged`()
        throws
    {
        let origin = PackedOrigin(source: "Small", precision: .int8)
        var bytes = try small.bytes
        for place in [8, 64, small.contents.tensors[0].offset] {
            bytes[place] ^= 0xE1
            _ = try fault(bytes)
            #expect(PackedOrigin(of: path) == origin, "byte \(place)")
        }
        _ = try fault(try small.bytes + [0])
        #expect(PackedOrigin(of: path) == origin)
        // What cannot be trusted is not told.
        _ = try fault(Array(try small.bytes.dropLast()))
        #expect(PackedOrigin(of: path) == nil)
        bytes = try small.bytes
        bytes[bytes.count - 5] ^= 1
        _ = try fault(bytes)
        #expect(PackedOrigin(of: path) == nil)
    }

    @Test(
        arguments: [
            (
                #"{"precision":"int4","source":{"name":"A/B"},"panels":[{"of":64}],"files":7}"#,
                "A/B", PackedForm.int4
            ),
            (#"{"precision":"int3","source":{"name":"A","format":"onnx"},"tensors":{}}"#, "A", nil),
            (#"{"precision":8,"source":{"name":"A"}}"#, "A", nil),
            (#"{"precision":"int8","source":"A"}"#, nil, .int8), (#"{}"#, nil, nil),
        ] as [(String, String?, PackedForm?)]
    )
    func `of a table of contents with other keys what is known is told`(
        table: String,
        source: String?,
        precision: PackedForm?
    ) throws {
        var bytes = small.sealed(Array(table.utf8))
        bytes[8] = 7
        #expect(
            try fault(bytes)
                == .otherPackedLayout(file: path, found: 7, supported: PackedLayout.version)
        )
        #expect(PackedOrigin(of: path) == PackedOrigin(source: source, precision: precision))
    }

    // MARK: Tables of contents that lie

    @Test func `sections that overlap, leave holes or end beyond the file are refused`() throws {
        #expect(
            try fault { $0.tensors[1].offset = $0.tensors[0].offset + 64 }
                == .overlap(file: path, tensor: "four", other: "eight")
        )
        #expect(try fault { $0.tensors[1].offset += 64 } != nil)
        #expect(try fault { $0.tensors[1].offset = -64 } != nil)
        #expect(try fault { $0.tensors[1].offset = .max } != nil)
        #expect(try fault { $0.tensors.removeLast() } != nil)
        #expect(try fault { $0.tensors.removeFirst() } != nil)
        #expect(try fault { $0.files[0].bytes = .max } != nil)
        #expect(try fault { $0.files[0].bytes = -1 } != nil)
        #expect(try fault { $0.files[0].bytes += 64 } != nil)
    }

    @Test func `sizes that no file can hold are refused`() throws {
        for shape in [[1 << 40, 1 << 40], [.max, 2], [-1, 130], [40], [], [0, 130]] {
            #expect(
                try fault { $0.tensors[0].shape = shape }
                    == .sizeOverflow(file: path, tensor: "eight", shape: shape)
            )
        }
        let found = try fault { $0.tensors[0].shape = [40, 129 * 4] }
        guard case .wrongByteCount = found else {
            Issue.record("\(String(describing: found))")
            return
        }
        #expect(try fault { $0.tensors[2].shape = [Int](repeating: 1, count: 9) } != nil)
    }

    @Test func `names that come twice and forms that are not run are refused`() throws {
        #expect(
            try fault { $0.tensors[1].name = "eight" }
                == .duplicateTensor(file: path, tensor: "eight")
        )
        for form in ["int2", "Q4_K", "F16", ""] {
            #expect(
                try fault { $0.tensors[1].form = form }
                    == .unsupportedType(file: path, tensor: "four", type: form)
            )
        }
    }

    @Test func `a table of contents that is none, or longer than any, is refused`() throws {
        for table in ["{}", "[]", "null", "{\"name\": 1e999}", String(repeating: "[", count: 5000)]
        {
            #expect(
                try fault(small.sealed(Array(table.utf8))) == .damagedPacked(file: path, .contents)
            )
        }
        var bytes = try small.bytes
        for (place, byte) in [UInt8](repeating: 0xFF, count: 8).enumerated() {
            bytes[24 + place] = byte
        }
        #expect(
            try fault(bytes)
                == .headerTooLong(
                    file: path,
                    byteCount: .max,
                    limit: PackedLayout.longestContents
                )
        )
    }
}
