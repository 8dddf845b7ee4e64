import SystemPackage
import Testing

@testable import Tensors

@Suite struct SafetensorsDirectoryTests {
    let folder: WrittenFolder

    init() throws {
        folder = try WrittenFolder()
    }

    /// Writes a file with one number under each name.
    func write(_ numbers: [(String, Float)], as name: String) throws {
        var members: [String] = []
        for (index, number) in numbers.enumerated() {
            members.append(
                "\"\(number.0)\":{\"dtype\":\"F32\",\"shape\":[1],"
                    + "\"data_offsets\":[\(index * 4),\(index * 4 + 4)]}"
            )
        }
        try folder.write(
            SafetensorsFileTests.file(
                "{" + members.joined(separator: ",") + "}",
                [UInt8](floats: numbers.map(\.1))
            ),
            as: name
        )
    }

    func writeIndex(_ map: [(String, String)]) throws {
        let members = map.map { "\"\($0.0)\":\"\($0.1)\"" }.joined(separator: ",")
        try folder.write(
            Array("{\"metadata\":{\"total_size\":8},\"weight_map\":{\(members)}}".utf8),
            as: SafetensorsDirectory.indexName
        )
    }

    var fault: WeightFault? {
        TensorsTests.fault { () throws(WeightFault) in _ = try SafetensorsDirectory(folder.path) }
    }

    @Test func `a model in one file is read, whatever lies beside it`() throws {
        try write([("a", 1)], as: "model.safetensors")
        try write([("a", 2)], as: "adapter.safetensors")
        let weights = try SafetensorsDirectory(folder.path)
        #expect(floats(try #require(try weights.tensor(named: "a"))) == [1])
        #expect(weights.storedTensors.count == 1)
    }

    @Test func `a model in shards is read as one`() throws {
        try write([("b", 2), ("c", 3)], as: "model-00001-of-00002.safetensors")
        try write([("a", 1)], as: "model-00002-of-00002.safetensors")
        try writeIndex([
            ("a", "model-00002-of-00002.safetensors"), ("b", "model-00001-of-00002.safetensors"),
            ("c", "model-00001-of-00002.safetensors"),
        ])
        let weights = try SafetensorsDirectory(folder.path)
        #expect(weights.storedTensors.map(\.name) == ["a", "b", "c"])
        for (name, number) in [("a", Float(1)), ("b", 2), ("c", 3)] {
            #expect(floats(try #require(try weights.tensor(named: name))) == [number])
        }
    }

    @Test func `shards without an index are read, and a missing one is named`() throws {
        try write([("b", 2)], as: "model-00001-of-00002.safetensors")
        #expect(
            fault
                == .missingShard(folder: folder.path, shard: "model-00002-of-00002.safetensors")
        )
        try write([("a", 1)], as: "model-00002-of-00002.safetensors")
        #expect(try SafetensorsDirectory(folder.path).storedTensors.count == 2)
    }

    @Test func `a shard that the index omits gives what the index does not list`() throws {
        try write([("a", 1)], as: "one.safetensors")
        try write([("a", 9), ("b", 2)], as: "two.safetensors")
        try writeIndex([("a", "one.safetensors")])
        let weights = try SafetensorsDirectory(folder.path)
        #expect(floats(try #require(try weights.tensor(named: "a"))) == [1])
        #expect(floats(try #require(try weights.tensor(named: "b"))) == [2])
    }

    @Test func `a broken file that the index does not list is left alone`() throws {
        try write([("a", 1)], as: "one.safetensors")
        try folder.write([1, 2, 3], as: "other.safetensors")
        try writeIndex([("a", "one.safetensors")])
        #expect(try SafetensorsDirectory(folder.path).storedTensors.count == 1)
    }

    @Test func `a shard that the index lists and nobody has is named`() throws {
        try write([("a", 1)], as: "one.safetensors")
        try writeIndex([("a", "one.safetensors"), ("b", "two.safetensors")])
        #expect(fault == .missingShard(folder: folder.path, shard: "two.safetensors"))
    }

    @Test func `a tensor in no shard is named with the shard that should have it`() throws {
        try write([("a", 1)], as: "one.safetensors")
        try writeIndex([("a", "one.safetensors"), ("b", "one.safetensors")])
        #expect(
            fault
                == .tensorInNoShard(
                    index: folder.path.appending(SafetensorsDirectory.indexName),
                    tensor: "b",
                    shard: "one.safetensors"
                )
        )
    }

    @Test func `a tensor in two shards is named with both`() throws {
        try write([("a", 1)], as: "one.safetensors")
        try write([("a", 1), ("b", 2)], as: "two.safetensors")
        try writeIndex([("a", "one.safetensors"), ("b", "two.safetensors")])
        #expect(
            fault
                == .tensorInTwoShards(
                    tensor: "a",
                    first: folder.path.appending("one.safetensors"),
                    second: folder.path.appending("two.safetensors")
                )
        )
    }

    @Test(arguments: [
        "../model.safetensors", "/etc/passwd", "a/b.safetensors", "..", ".", "", "a\\u0000b",
    ])
    func `an index that points out of its folder is refused`(name: String) throws {
        try writeIndex([("a", name)])
        guard case .shardOutsideFolder(_, _)? = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
    }

    @Test(arguments: [
        "{}", "[]", "", "{\"weight_map\":[]}", "{\"weight_map\":{\"a\":1}}",
        "{\"weight_map\":{},\"weight_map\":{}}",
    ])
    func `an index that is none is refused by name`(text: String) throws {
        try write([("a", 1)], as: "model.safetensors")
        let index = try folder.write(Array(text.utf8), as: SafetensorsDirectory.indexName)
        guard case .malformedHeader(index, _, _)? = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
    }

    @Test func `an index that lists a tensor twice is refused`() throws {
        try writeIndex([("a", "one.safetensors"), ("a", "two.safetensors")])
        guard case .duplicateTensor(_, "a")? = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
    }

    @Test func `a folder without weights says so, and one that is not there too`() {
        #expect(fault == .noWeights(folder: folder.path))
        let absent = folder.path.appending("absent")
        let fault = TensorsTests.fault { () throws(WeightFault) in
            _ = try SafetensorsDirectory(absent)
        }
        #expect(fault == .unreadable(file: absent, errno: .noSuchFileOrDirectory))
    }
}
