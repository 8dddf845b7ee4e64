import SystemPackage
import Testing

@testable import Tensors

@Suite struct GGUFFileTests {
    let folder: WrittenFolder

    init() throws {
        folder = try WrittenFolder()
    }

    var path: FilePath { folder.path.appending("model.gguf") }

    func read(_ bytes: [UInt8]) throws(WeightFault) -> GGUFFile {
        do {
            try folder.write(bytes, as: "model.gguf")
        } catch {
            fatalError("the test's own file cannot be written: \(error)")
        }
        return try GGUFFile(path)
    }

    func fault(_ bytes: [UInt8]) -> WeightFault? {
        TensorsTests.fault { () throws(WeightFault) in _ = try read(bytes) }
    }

    // MARK: What is read

    @Test(arguments: [2, 3] as [UInt32])
    func `values of every type are read`(version: UInt32) throws {
        var file = GGUFBytes()
        file.version = version
        file.add("u8", type: 0, [200])
        file.add("i8", type: 1, [0xFF])
        file.add("u16", type: 2, [1, 2])
        file.add("i16", type: 3, [0xFE, 0xFF])
        file.add("u32", type: 4, GGUFBytes.number(UInt32.max))
        file.add("i32", type: 5, GGUFBytes.number(Int32(-7)))
        file.add("f32", type: 6, GGUFBytes.number(Float(0.5).bitPattern))
        file.add("flag", type: 7, [1])
        file.add("text", "größe")
        file.add("u64", type: 10, GGUFBytes.number(UInt64.max))
        file.add("i64", type: 11, GGUFBytes.number(Int64.min))
        file.add("f64", type: 12, GGUFBytes.number(Double(1e300).bitPattern))
        file.add(
            "texts",
            arrayOf: 8,
            count: 2,
            GGUFBytes.text("a") + GGUFBytes.text("")
        )
        file.add("flags", arrayOf: 7, count: 3, [0, 1, 0])
        let metadata = try read(file.bytes).metadata
        #expect(try metadata.integer("u8") == 200)
        #expect(try metadata.integer("i8") == -1)
        #expect(try metadata.integer("u16") == 513)
        #expect(try metadata.integer("i16") == -2)
        #expect(try metadata.integer("u32") == 4_294_967_295)
        #expect(try metadata.integer("i32") == -7)
        #expect(try metadata.number("f32") == 0.5)
        #expect(try metadata.flag("flag") == true)
        #expect(try metadata.text("text") == "größe")
        #expect(try metadata.integer("i64") == Int.min)
        #expect(try metadata.number("f64") == 1e300)
        #expect(try metadata.texts("texts") == ["a", ""])
        #expect(metadata.count("texts") == 2)
        #expect(try metadata.flags("flags") == [false, true, false])
        #expect(try metadata.integer("absent") == nil)
        for (key, isNumber) in [("u64", false), ("text", false), ("u8", true)] {
            let fault = TensorsTests.fault { () throws(WeightFault) in
                _ = try metadata.integer(key)
            }
            #expect(fault == (isNumber ? nil : .unusableValue(file: path, key: key)))
        }
    }

    @Test func `arrays of numbers are read with their type's width`() throws {
        var file = GGUFBytes()
        file.add(
            "numbers",
            arrayOf: 5,
            count: 2,
            GGUFBytes.number(Int32(3)) + GGUFBytes.number(Int32(-4))
        )
        file.add("halves", arrayOf: 6, count: 1, GGUFBytes.number(Float(0.5).bitPattern))
        let metadata = try read(file.bytes).metadata
        #expect(try metadata.integers("numbers") == [3, -4])
        #expect(try metadata.numbers("halves") == [0.5])
        #expect(throws: WeightFault.unusableValue(file: path, key: "halves")) {
            try metadata.integers("halves")
        }
    }

    @Test func `sizes are turned to PyTorch's order, and bytes found at the alignment`() throws {
        var file = GGUFBytes()
        file.alignment = 64
        file.add("general.alignment", 64)
        file.add("one", sizes: [1], type: 0, [UInt8](floats: [9]))
        file.add("matrix", sizes: [3, 2], type: 0, [UInt8](floats: [1, 2, 3, 4, 5, 6]))
        file.add("scalar", sizes: [], type: 0, [UInt8](floats: [5]))
        let weights = try read(file.bytes)
        let matrix = try #require(try weights.tensor(named: "matrix"))
        #expect(matrix.shape == [2, 3])
        #expect(matrix.offset % 64 == 0)
        #expect(floats(matrix) == [1, 2, 3, 4, 5, 6])
        #expect(floats(try #require(try weights.tensor(named: "scalar"))) == [5])
        #expect(weights.storedTensors.map(\.name) == ["matrix", "one", "scalar"])
    }

    @Test(arguments: [
        (0, ElementType.float32, 1024), (1, .float16, 512), (2, .q4_0, 144), (8, .q8_0, 272),
        (12, .q4_K, 144), (13, .q5_K, 176), (14, .q6_K, 210), (30, .bfloat16, 512),
    ])
    func `each type that is run is read`(number: Int, type: ElementType, bytes: Int) throws {
        var file = GGUFBytes()
        file.add("w", sizes: [256], type: UInt32(number), Array(repeating: 1, count: bytes))
        let tensor = try #require(try read(file.bytes).tensor(named: "w"))
        #expect(tensor.elementType == type)
        #expect(tensor.byteCount == bytes)
    }

    @Test(arguments: [
        (3, "Q4_1"), (6, "Q5_0"), (10, "Q2_K"), (16, "IQ2_XXS"), (77, "ggml type 77"),
    ])
    func `a type that is not run is listed, and refused with its name when asked for`(
        number: Int,
        name: String
    ) throws {
        var file = GGUFBytes()
        file.add("w", sizes: [256], type: UInt32(number), Array(repeating: 1, count: 512))
        let weights = try read(file.bytes)
        #expect(weights.storedTensors[0].typeName == name)
        #expect(throws: WeightFault.unsupportedType(file: path, tensor: "w", type: name)) {
            try weights.tensor(named: "w")
        }
    }

    @Test func `a file that was split is read through any of its parts`() throws {
        func part(_ number: UInt32) -> GGUFBytes {
            var file = GGUFBytes()
            file.add("split.no", number)
            file.add("split.count", 2)
            if number == 0 { file.add("general.architecture", "qwen3") }
            file.add("t\(number)", sizes: [1], type: 0, [UInt8](floats: [Float(number)]))
            return file
        }
        let first = try folder.write(part(0).bytes, as: "m-00001-of-00002.gguf")
        let alone = TensorsTests.fault { () throws(WeightFault) in _ = try GGUFFile(first) }
        #expect(alone == .missingParts(file: first, parts: ["m-00002-of-00002.gguf"]))
        let second = try folder.write(part(1).bytes, as: "m-00002-of-00002.gguf")
        for path in [first, second] {
            let weights = try GGUFFile(path)
            #expect(weights.path == first)
            #expect(try weights.metadata.text("general.architecture") == "qwen3")
            #expect(floats(try #require(try weights.tensor(named: "t0"))) == [0])
            #expect(floats(try #require(try weights.tensor(named: "t1"))) == [1])
        }
    }

    // MARK: What is refused

    @Test func `other files are not GGUF`() {
        #expect(fault([]) == .notGGUF(file: path))
        #expect(fault(Array("GGU".utf8)) == .notGGUF(file: path))
        #expect(fault(Array("PK\u{3}\u{4}aaaaaaaaaaaaaaaaaaaaaaaaaa".utf8)) == .notGGUF(file: path))
    }

    @Test(arguments: [0, 1, 4, 65535] as [UInt32])
    func `other versions are refused by number`(version: UInt32) {
        var file = GGUFBytes()
        file.version = version
        #expect(fault(file.bytes) == .unsupportedGGUFVersion(file: path, version: version))
    }

    @Test func `a file for big-endian machines is refused as one`() {
        var file = GGUFBytes()
        file.version = UInt32(3).byteSwapped
        #expect(fault(file.bytes) == .bigEndianGGUF(file: path))
    }

    @Test(arguments: [2, 1000, UInt64(Int64.max), .max])
    func `counts that the file cannot hold are refused before anything is allocated`(
        count: UInt64
    ) {
        var file = GGUFBytes()
        file.alignment = 1
        file.valueCount = count
        #expect(
            fault(file.bytes)
                == .impossibleCount(file: path, what: .metadata, count: count, limit: 0)
        )
        file.valueCount = 0
        file.tensorCount = count
        #expect(
            fault(file.bytes)
                == .impossibleCount(file: path, what: .tensors, count: count, limit: 0)
        )
    }

    @Test(arguments: [100, UInt64(Int64.max), .max])
    func `text longer than the file is refused`(length: UInt64) {
        var file = GGUFBytes()
        file.add("k", type: 8, GGUFBytes.number(length))
        guard case .impossibleCount(path, .text, length, _)? = fault(file.bytes) else {
            Issue.record("\(String(describing: fault(file.bytes)))")
            return
        }
    }

    @Test(arguments: [0, 4, 8, 9, 12] as [UInt32])
    func `arrays longer than the file are refused`(type: UInt32) {
        var file = GGUFBytes()
        file.add("k", arrayOf: type, count: 1 << 60, [])
        guard
            case .impossibleCount(path, .elements, 1_152_921_504_606_846_976, _)? =
                fault(file.bytes)
        else {
            Issue.record("\(String(describing: fault(file.bytes)))")
            return
        }
    }

    @Test func `arrays in arrays end somewhere`() {
        var inner: [UInt8] = GGUFBytes.number(UInt32(0)) + GGUFBytes.number(UInt64(0))
        for _ in 0..<1000 {
            inner = GGUFBytes.number(UInt32(9)) + GGUFBytes.number(UInt64(1)) + inner
        }
        var file = GGUFBytes()
        file.add("k", type: 9, inner)
        #expect(
            fault(file.bytes) == .impossibleCount(file: path, what: .nesting, count: 5, limit: 4)
        )
    }

    @Test func `unknown types of values are refused with their key`() {
        var file = GGUFBytes()
        file.add("odd", type: 13, Array(repeating: 0, count: 64))
        #expect(fault(file.bytes) == .unknownValueType(file: path, key: "odd", type: 13))
    }

    @Test func `a key that comes twice is refused`() {
        var file = GGUFBytes()
        file.add("k", 1)
        file.add("k", 2)
        #expect(fault(file.bytes) == .duplicateKey(file: path, key: "k"))
    }

    @Test func `text that is not UTF-8 is refused in keys, and in arrays when asked for`() throws {
        var file = GGUFBytes()
        file.add("k", arrayOf: 8, count: 1, GGUFBytes.number(UInt64(1)) + [0xFF])
        let metadata = try read(file.bytes).metadata
        #expect(throws: WeightFault.unusableValue(file: path, key: "k")) {
            try metadata.texts("k")
        }
        file.add("t", type: 8, GGUFBytes.number(UInt64(1)) + [0xFF])
        guard case .invalidText(path, _)? = fault(file.bytes) else {
            Issue.record("\(String(describing: fault(file.bytes)))")
            return
        }
    }

    @Test(arguments: [0, 3, 1 << 31] as [UInt32])
    func `an alignment that is no power of two is refused`(alignment: UInt32) {
        var file = GGUFBytes()
        file.add("general.alignment", alignment)
        #expect(fault(file.bytes) == .unusableValue(file: path, key: "general.alignment"))
    }

    @Test func `more than four dimensions are refused`() {
        var file = GGUFBytes()
        file.list("w", sizes: [1, 1, 1, 1, 1], type: 0, offset: 0)
        #expect(
            fault(file.bytes)
                == .impossibleCount(file: path, what: .dimensions, count: 5, limit: 4)
        )
    }

    @Test func `sizes whose product overflows are refused`() {
        var file = GGUFBytes()
        file.list("w", sizes: [1 << 32, 1 << 32], type: 0, offset: 0)
        #expect(
            fault(file.bytes)
                == .sizeOverflow(file: path, tensor: "w", shape: [1 << 32, 1 << 32])
        )
        file = GGUFBytes()
        file.list("w", sizes: [1 << 63], type: 0, offset: 0)
        #expect(
            fault(file.bytes)
                == .impossibleCount(
                    file: path,
                    what: .size,
                    count: 1 << 63,
                    limit: UInt64(Int.max)
                )
        )
        file = GGUFBytes()
        file.list("w", sizes: [1 << 61], type: 0, offset: 0)
        #expect(fault(file.bytes) == .sizeOverflow(file: path, tensor: "w", shape: [1 << 61]))
        file = GGUFBytes()
        file.list("w", sizes: [1], type: 0, offset: UInt64.max - 31)
        #expect(fault(file.bytes) == .sizeOverflow(file: path, tensor: "w", shape: [1]))
    }

    @Test func `rows that are no whole blocks are refused`() {
        var file = GGUFBytes()
        file.list("w", sizes: [100, 32], type: 8, offset: 0)
        #expect(
            fault(file.bytes)
                == .partialBlock(file: path, tensor: "w", rowLength: 100, blockElements: 32)
        )
    }

    @Test func `a tensor off the alignment, twice there, over another or beyond the end is named`()
    {
        var file = GGUFBytes()
        file.list("w", sizes: [1], type: 0, offset: 4)
        #expect(
            fault(file.bytes)
                == .unalignedTensor(file: path, tensor: "w", offset: 4, alignment: 32)
        )
        file = GGUFBytes()
        file.add("w", sizes: [1], type: 0, [UInt8](floats: [1]))
        file.add("w", sizes: [1], type: 0, [UInt8](floats: [1]))
        #expect(fault(file.bytes) == .duplicateTensor(file: path, tensor: "w"))
        file = GGUFBytes()
        file.add("a", sizes: [16], type: 0, [UInt8](floats: Array(repeating: 1, count: 16)))
        file.list("b", sizes: [1], type: 0, offset: 32)
        #expect(fault(file.bytes) == .overlap(file: path, tensor: "b", other: "a"))
        file = GGUFBytes()
        file.add("a", sizes: [1], type: 0, [UInt8](floats: [1]))
        file.list("b", sizes: [100], type: 0, offset: 32)
        guard case .truncated(path, let needed, let found)? = fault(file.bytes) else {
            Issue.record("\(String(describing: fault(file.bytes)))")
            return
        }
        #expect(found == file.bytes.count)
        #expect(needed == found - 4 + 32 + 400)
    }

    @Test func `every beginning of a good file is refused, and nothing read beyond its end`() throws
    {
        var file = GGUFBytes()
        file.add("general.architecture", "qwen3")
        file.add("list", arrayOf: 8, count: 2, GGUFBytes.text("ab") + GGUFBytes.text("c"))
        file.add("w", sizes: [2, 2], type: 0, [UInt8](floats: [1, 2, 3, 4]))
        let bytes = file.bytes
        for count in 0..<bytes.count {
            #expect(fault(Array(bytes[..<count])) != nil, "\(count) of \(bytes.count) bytes")
            // After these bytes lies a page that may not be touched.
            let guarded = try MappedFile(guarding: Array(bytes[..<count]), as: "guarded")
            #expect(throws: WeightFault.self) { try GGUFFile(guarded) }
        }
        #expect(fault(bytes) == nil)
    }
}
