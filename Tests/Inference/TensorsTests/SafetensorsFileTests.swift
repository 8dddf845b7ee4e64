import Glibc
import SystemPackage
import Testing

@testable import Tensors

@Suite struct SafetensorsFileTests {
    let folder: WrittenFolder

    init() throws {
        folder = try WrittenFolder()
    }

    /// A file of a header as written and data.
    static func file(_ header: String, _ data: [UInt8] = []) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(little: UInt64(header.utf8.count))
        return bytes + Array(header.utf8) + data
    }

    func read(_ bytes: [UInt8]) throws(WeightFault) -> SafetensorsFile {
        let path: FilePath
        do {
            path = try folder.write(bytes, as: "model.safetensors")
        } catch {
            fatalError("the test's own file cannot be written: \(error)")
        }
        return try SafetensorsFile(path)
    }

    func fault(_ header: String, _ data: [UInt8] = []) -> WeightFault? {
        TensorsTests.fault { () throws(WeightFault) in _ = try read(Self.file(header, data)) }
    }

    var path: FilePath { folder.path.appending("model.safetensors") }

    // MARK: What is read

    @Test func `tensors come with their shape, type and bytes`() throws {
        let data = [UInt8](floats: [1, 2, 3, 4, 5, 6]) + [0x80, 0x3F]
        let file = try read(
            Self.file(
                #"{"b":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"#
                    + #""a":{"dtype":"BF16","shape":[1],"data_offsets":[24,26]},"#
                    + #""__metadata__":{"format":"pt"}}"#,
                data
            )
        )
        #expect(file.storedTensors.map(\.name) == ["a", "b"])
        #expect(file.header.metadata == ["format": "pt"])
        let matrix = try #require(try file.tensor(named: "b"))
        #expect(matrix.shape == [2, 3])
        #expect(matrix.elementType == .float32)
        #expect(floats(matrix) == [1, 2, 3, 4, 5, 6])
        let one = try #require(try file.tensor(named: "a"))
        #expect(one.elementType == .bfloat16)
        #expect(one.byteCount == 2)
        #expect(try file.tensor(named: "c") == nil)
    }

    @Test func `scalars, empty tensors and padding after the header are read`() throws {
        let file = try read(
            Self.file(
                #"{"scalar":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"#
                    + #""none":{"dtype":"F16","shape":[3,0,5],"data_offsets":[4,4]},"#
                    + #""start":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}      "#,
                [UInt8](floats: [7])
            )
        )
        #expect(floats(try #require(try file.tensor(named: "scalar"))) == [7])
        #expect(try file.tensor(named: "none")?.byteCount == 0)
        #expect(try file.tensor(named: "start")?.shape == [0])
    }

    @Test func `data at odd addresses are read`() throws {
        for padding in 0..<8 {
            let header =
                #"{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"#
                + #""y":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}}"#
                + String(repeating: " ", count: padding)
            let file = try read(Self.file(header, [9] + [UInt8](floats: [2.5])))
            #expect(floats(try #require(try file.tensor(named: "y"))) == [2.5])
        }
    }

    @Test func `names may be any text, escapes included`() throws {
        let file = try read(
            Self.file(
                #"{"größe \u00e9\ud83d\ude00\n\"":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}"#,
                [UInt8](floats: [1])
            )
        )
        #expect(try file.tensor(named: "größe é😀\n\"") != nil)
    }

    @Test func `keys that are not known are passed over`() throws {
        let file = try read(
            Self.file(
                #"{"x":{"more":[{"a":[1.5e3,-2,null,true,"\\"]}],"shape":[1],"#
                    + #""dtype":"F32","data_offsets":[0,4]}}"#,
                [UInt8](floats: [1])
            )
        )
        #expect(file.storedTensors.count == 1)
    }

    @Test(arguments: ["F64", "I64", "F8_E4M3", "SOMETHING_NEW"])
    func `a type that cannot be run is listed, and refused when it is asked for`(
        type: String
    ) throws {
        let size = type == "F8_E4M3" ? 1 : 8
        let file = try read(
            Self.file(
                #"{"odd":{"dtype":"\#(type)","shape":[1],"data_offsets":[0,\#(size)]}}"#,
                Array(repeating: 0, count: size)
            )
        )
        #expect(file.storedTensors[0].typeName == type)
        #expect(file.storedTensors[0].elementType == nil)
        #expect(throws: WeightFault.unsupportedType(file: path, tensor: "odd", type: type)) {
            try file.tensor(named: "odd")
        }
    }

    // MARK: What is refused

    @Test func `a file that is not there is named with the system's reason`() {
        let absent = folder.path.appending("absent.safetensors")
        let fault = TensorsTests.fault { () throws(WeightFault) in
            _ = try SafetensorsFile(absent)
        }
        #expect(fault == .unreadable(file: absent, errno: .noSuchFileOrDirectory))
    }

    @Test(.timeLimit(.minutes(1)))
    func `a named pipe or a folder is refused, not waited for`() throws {
        let pipe = folder.path.appending("pipe.safetensors")
        try #require(mkfifo(pipe.string, 0o600) == 0)
        for path in [pipe, folder.path] {
            let fault = TensorsTests.fault { () throws(WeightFault) in
                _ = try SafetensorsFile(path)
            }
            #expect(fault == .unreadable(file: path, errno: .invalidArgument))
        }
    }

    @Test(arguments: 0..<8)
    func `a file shorter than its first number is truncated`(count: Int) {
        let fault = TensorsTests.fault { () throws(WeightFault) in
            _ = try read(Array(repeating: 0, count: count))
        }
        #expect(fault == .truncated(file: path, needed: 8, found: count))
    }

    @Test(arguments: [0, 1, 100_000_001, UInt64(Int64.max), .max])
    func `a header of an impossible length is refused before anything is allocated`(
        length: UInt64
    ) {
        var bytes: [UInt8] = []
        bytes.append(little: length)
        let fault = TensorsTests.fault { () throws(WeightFault) in _ = try read(bytes + [0x7B]) }
        #expect(fault == .headerTooLong(file: path, byteCount: length, limit: 100_000_000))
    }

    @Test func `a header that the file does not hold is truncated`() {
        var bytes: [UInt8] = []
        bytes.append(little: UInt64(1000))
        let fault = TensorsTests.fault { () throws(WeightFault) in _ = try read(bytes + [0x7B]) }
        #expect(fault == .truncated(file: path, needed: 1008, found: 9))
    }

    /// A header of one tensor with members as written.
    static func header(_ members: String) -> String { "{\"x\":{\(members)}}" }

    static let malformed: [(String, WeightFault.HeaderProblem)] = [
        (" {}", .syntax),
        ("[]", .syntax),
        ("{,}", .syntax),
        (#"{"x"}"#, .syntax),
        (#"{"x":1}"#, .syntax),
        (#"{"x":{"dtype":"#, .syntax),
        (#"{}x"#, .syntax),
        (#"{"__metadata__":{"a":1}}"#, .syntax),
        (#"{"\ud83d":{}}"#, .text),
        (#"{"\udc00":{}}"#, .text),
        (#"{"\uZZZZ":{}}"#, .syntax),
        (header(""), .incompleteTensor),
        (header(#""dtype":"F32","shape":[1],"data_offsets":[4,0]"#), .incompleteTensor),
        (header(#""dtype":"F32","shape":[1],"data_offsets":[0]"#), .incompleteTensor),
        (header(#""dtype":"F32","shape":[-1],"data_offsets":[0,4]"#), .number),
        (header(#""dtype":"F32","shape":[1.0],"data_offsets":[0,4]"#), .number),
        (header(#""dtype":"F32","shape":[1e9],"data_offsets":[0,4]"#), .number),
        (header(#""dtype":"F32","shape":[01],"data_offsets":[0,4]"#), .number),
        (header(#""dtype":"F32","shape":[9999999999999999999],"data_offsets":[0,4]"#), .number),
        (
            header(#""dtype":"F32","shape":[1],"data_offsets":[0,9223372036854775807]"#),
            .number
        ),
        (
            header(#""dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]"#),
            .duplicateKey
        ),
        (#"{"__metadata__":{"a":"1","a":"2"}}"#, .duplicateKey),
        (
            header("\"shape\":[" + String(repeating: "1,", count: 64) + "1]"),
            .dimensions
        ),
        (header("\"a\":" + String(repeating: "[", count: 100_000)), .depth),
        (header("\"a\":" + String(repeating: "{\"a\":", count: 100_000)), .depth),
        ("{\"" + String(repeating: "n", count: 70_000) + "\":{}}", .nameLength),
    ]

    @Test(arguments: malformed)
    func `a header that is not what it should be is refused`(
        header: String,
        problem: WeightFault.HeaderProblem
    ) {
        guard case .malformedHeader(path, _, let found)? = fault(header, [0, 0, 0, 0]) else {
            Issue.record("\(String(describing: fault(header, [0, 0, 0, 0])))")
            return
        }
        #expect(found == problem)
    }

    @Test func `text that is not UTF-8 is refused`() {
        var bytes: [UInt8] = []
        bytes.append(little: UInt64(7))
        let fault = TensorsTests.fault { () throws(WeightFault) in
            _ = try read(bytes + [0x7B, 0x22, 0xFF, 0xC0, 0x22, 0x3A, 0x7D])
        }
        #expect(fault == .malformedHeader(file: path, offset: 10, problem: .text))
    }

    @Test func `two tensors of one name are refused`() {
        let header =
            #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
            + #""\u0078":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#
        #expect(
            fault(header, Array(repeating: 0, count: 8))
                == .duplicateTensor(file: path, tensor: "x")
        )
    }

    @Test(arguments: [
        [4_294_967_296, 4_294_967_296], [9_223_372_036_854_775_807, 2],
        [0, 9_223_372_036_854_775_807, 9_223_372_036_854_775_807],
        [9_223_372_036_854_775_807],
    ])
    func `sizes whose product overflows are refused`(shape: [Int]) {
        #expect(
            fault(#"{"x":{"dtype":"F32","shape":\#(shape),"data_offsets":[0,4]}}"#, [0, 0, 0, 0])
                == .sizeOverflow(file: path, tensor: "x", shape: shape)
        )
    }

    @Test func `bytes that do not match the shape are refused`() {
        #expect(
            fault(#"{"x":{"dtype":"BF16","shape":[3],"data_offsets":[0,4]}}"#, [0, 0, 0, 0])
                == .wrongByteCount(file: path, tensor: "x", expected: 6, found: 4)
        )
    }

    @Test func `overlapping tensors are named`() {
        let header =
            #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#
            + #""y":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#
        #expect(
            fault(header, Array(repeating: 0, count: 8))
                == .overlap(file: path, tensor: "y", other: "x")
        )
    }

    @Test func `bytes of no tensor are refused, between tensors and at the end`() {
        let header =
            #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
            + #""y":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}"#
        #expect(
            fault(header, Array(repeating: 0, count: 12))
                == .unclaimedBytes(file: path, before: "y", count: 4)
        )
        #expect(
            fault(#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, [0, 0, 0, 0, 0])
                == .unclaimedBytes(file: path, before: nil, count: 1)
        )
    }

    @Test func `data that end early are truncated, and the header can be read all the same`()
        throws
    {
        let header = #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#
        let start = 8 + header.utf8.count
        #expect(
            fault(header, [0, 0, 0]) == .truncated(file: path, needed: start + 8, found: start + 3)
        )
        let known = try SafetensorsHeader(MappedFile(path))
        #expect(known.storedTensors.map(\.name) == ["x"])
        #expect(known.dataEnd == start + 8)
    }

    @Test(.timeLimit(.minutes(1)))
    func `a header of many tensors takes time in proportion`() throws {
        func header(_ count: Int) -> [UInt8] {
            var text = "{"
            for number in 0..<count {
                text += number == 0 ? "" : ","
                text += "\"t\(number)\":{\"dtype\":\"U8\",\"shape\":[],"
                text += "\"data_offsets\":[\(number),\(number + 1)]}"
            }
            return Self.file(text + "}", Array(repeating: 0, count: count))
        }
        // This thread's processor time, the least of three: other tests run meanwhile.
        func nanoseconds(_ file: [UInt8]) throws -> UInt64 {
            try (0..<3).map { _ in
                let begin = threadNanoseconds()
                _ = try read(file)
                return threadNanoseconds() - begin
            }.min() ?? 0
        }
        let short = try nanoseconds(header(2_000))
        let long = try nanoseconds(header(32_000))
        // Sixteen times as many: 256 times as long if it were quadratic.
        #expect(long < short * 100)
    }
    /// Processor time that this thread has had.
    private func threadNanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
