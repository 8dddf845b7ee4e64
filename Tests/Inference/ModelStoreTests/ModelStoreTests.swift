import FaultyHub
import Foundation
import ModelStore
import SystemPackage
import Testing

@Suite final class ModelStoreTests {
    private let folder: URL
    private var root: FilePath { FilePath(folder.path) }

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("docket-store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func put(_ files: [String], in name: String) throws {
        let place = folder.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        for file in files {
            let text = file == "config.json" ? #"{"model_type": "qwen3"}"# : ""
            try Data(text.utf8).write(to: place.appendingPathComponent(file))
        }
    }

    private func store(preferring word: String? = nil) -> ModelStore {
        var environment = ["DOCKET_MODELS": folder.path]
        environment["DOCKET_MODEL"] = word
        return ModelStore(environment: environment)
    }

    private static let checkpoint = ["config.json", "tokenizer.json", "model.safetensors"]

    @Test func `the folder of models is that of the environment, first of three`() {
        var environment = ["HOME": "/home/me"]
        #expect(ModelStore(environment: environment).root == "/home/me/.local/share/docket/models")
        environment["XDG_DATA_HOME"] = "/data"
        #expect(ModelStore(environment: environment).root == "/data/docket/models")
        environment["XDG_DATA_HOME"] = "relative"
        #expect(ModelStore(environment: environment).root == "/home/me/.local/share/docket/models")
        environment["DOCKET_MODELS"] = "/models"
        #expect(ModelStore(environment: environment).root == "/models")
    }

    @Test func `the only model is the one that is meant`() throws {
        #expect(throws: ModelStoreFault.noModel(store: root, begun: [])) {
            try store().locate(nil)
        }
        try put(Self.checkpoint, in: "Qwen/A")
        try put(["docket-pull.json"], in: "Qwen/B.incoming")
        let found = try store().locate(nil)
        #expect(found.name == "Qwen/A")
        #expect(found.path == root.appending("Qwen/A"))
        #expect(found.layout == .checkpoint)
        try put(Self.checkpoint, in: "Qwen/C")
        #expect(throws: ModelStoreFault.severalModels(["Qwen/A", "Qwen/C"])) {
            try store().locate(nil)
        }
        #expect(try store(preferring: "Qwen/C").locate(nil).name == "Qwen/C")
        #expect(try store(preferring: "Qwen/C").locate("Qwen/A").name == "Qwen/A")
    }

    @Test func `a name alone is enough where one model has it, in letters of any case`() throws {
        try put(Self.checkpoint, in: "Qwen/Tiny-2B")
        #expect(try store().locate("tiny-2b").name == "Qwen/Tiny-2B")
        #expect(try store().locate("qwen/TINY-2B").name == "Qwen/Tiny-2B")
        try put(Self.checkpoint, in: "Other/Tiny-2B")
        #expect(throws: ModelStoreFault.severalModels(["Other/Tiny-2B", "Qwen/Tiny-2B"])) {
            try store().locate("Tiny-2B")
        }
        #expect(try store().locate("Qwen/Tiny-2B").name == "Qwen/Tiny-2B")
        #expect(
            throws: ModelStoreFault.notInstalled(
                "Tiny-4B",
                installed: ["Other/Tiny-2B", "Qwen/Tiny-2B"]
            )
        ) { try store().locate("Tiny-4B") }
    }

    @Test func `a GGUF file in parts is one model, that of its first part`() throws {
        let parts = (1...3).map { "m-BF16-0000\($0)-of-00003.gguf" }
        try put(parts + ["mmproj-m-F16.gguf"], in: "parts")
        let found = try store().locate(root.appending("parts").string)
        #expect(found.path == root.appending("parts").appending(parts[0]))
        #expect(found.layout == .gguf(projector: root.appending("parts/mmproj-m-F16.gguf")))
        try put(["m-Q8_0.gguf"], in: "parts")
        #expect(
            throws: ModelStoreFault.severalFiles(
                root.appending("parts"),
                [parts[0], "m-Q8_0.gguf"]
            )
        ) { try store().locate(root.appending("parts").string) }
    }

    @Test func `a folder or GGUF file anywhere is a model`() throws {
        try put(Self.checkpoint, in: "elsewhere/mine")
        try put(["m-Q4_K_M.gguf", "mmproj-m-F16.gguf", "mmproj-m-Q8_0.gguf"], in: "gguf")
        let place = folder.appendingPathComponent("elsewhere/mine").path
        #expect(try store().locate(place).layout == .checkpoint)
        let file = root.appending("gguf/m-Q4_K_M.gguf")
        let tower = ModelLocation.Layout.gguf(projector: root.appending("gguf/mmproj-m-F16.gguf"))
        #expect(try store().locate(file.string).layout == tower)
        // The folder of one GGUF file means that file.
        #expect(try store().locate(root.appending("gguf").string).path == file)
        #expect(try store().locate(root.appending("gguf").string).layout == tower)
        try put(["m-Q8_0.gguf"], in: "gguf")
        #expect(
            throws: ModelStoreFault.severalFiles(
                root.appending("gguf"),
                ["m-Q4_K_M.gguf", "m-Q8_0.gguf"]
            )
        ) { try store().locate(root.appending("gguf").string) }
    }

    @Test(arguments: [
        ("tiny-bf16.gguf", "tiny-bf16-mmproj.gguf"), ("wide-mixed.gguf", "wide-mixed-mmproj.gguf"),
        ("Qwen3VL-2B-Q8_0.gguf", "mmproj-Qwen3VL-2B-F16.gguf"),
        ("Qwen3VL-4B-Q4_K_M.gguf", "mmproj-Qwen3VL-4B-Q8_0.gguf"), ("other.gguf", nil),
    ])
    func `of several vision towers the one of the model's name is taken`(
        model: String,
        tower: String?
    ) throws {
        try put(
            [
                "tiny-bf16.gguf", "tiny-bf16-mmproj.gguf", "wide-mixed.gguf",
                "wide-mixed-mmproj.gguf", "other.gguf", "Qwen3VL-2B-Q8_0.gguf",
                "Qwen3VL-4B-Q4_K_M.gguf", "mmproj-Qwen3VL-2B-F16.gguf",
                "mmproj-Qwen3VL-2B-Q8_0.gguf", "mmproj-Qwen3VL-4B-Q8_0.gguf",
            ],
            in: "many"
        )
        let found = try store().locate(root.appending("many/\(model)").string)
        #expect(found.layout == .gguf(projector: tower.map { root.appending("many/\($0)") }))
    }

    @Test func `a GGUF file of an installed model is named behind it`() throws {
        try put(["m-Q4_K_M.gguf", "m-Q8_0.gguf"], in: "Qwen/G")
        let found = try store().locate("Qwen/G/m-Q8_0.gguf")
        #expect(found.path == root.appending("Qwen/G/m-Q8_0.gguf"))
        #expect(found.layout == .gguf(projector: nil))
        #expect(throws: ModelStoreFault.noSuchPath(root.appending("Qwen/G/none.gguf"))) {
            try store().locate("Qwen/G/none.gguf")
        }
    }

    @Test
    func `a packed file is a model, by its path and by its name beside the model it was made of`()
        throws
    {
        try put(Self.checkpoint, in: "Qwen/Tiny-2B-Instruct")
        try put(["tiny-2b.int8.docket", "tiny-2b.int4.docket"], in: "Qwen")
        let file = root.appending("Qwen/tiny-2b.int8.docket")
        #expect(try store().locate(file.string).layout == .packed)
        for word in [
            "tiny-2b.int8", "tiny-2b.int8.docket", "Qwen/tiny-2b.int8", "qwen/TINY-2b.int8.docket",
        ] {
            let found = try store().locate(word)
            #expect(found.layout == .packed)
            #expect(found.path == file)
            #expect(found.name == "Qwen/tiny-2b.int8")
        }
        let listed = store().installed()
        #expect(
            listed.map(\.name) == [
                "Qwen/Tiny-2B-Instruct", "Qwen/tiny-2b.int4", "Qwen/tiny-2b.int8",
            ]
        )
        #expect(listed.map(\.isPacked) == [false, true, true])
        // Who has packed the only model has not chosen another one by that.
        #expect(try store().locate(nil).name == "Qwen/Tiny-2B-Instruct")
        #expect(throws: ModelStoreFault.noSuchPath("tiny-2b.int2.docket")) {
            try store().locate("tiny-2b.int2.docket")
        }
        try FileManager.default.removeItem(
            atPath: root.appending("Qwen/Tiny-2B-Instruct").string
        )
        #expect(
            throws: ModelStoreFault.severalModels(["Qwen/tiny-2b.int4", "Qwen/tiny-2b.int8"])
        ) { try store().locate(nil) }
    }

    @Test func `what is no model is refused with what it lacks`() throws {
        try put(["config.json"], in: "bare")
        try put(["letter.txt"], in: "letters")
        let bare = root.appending("bare")
        #expect(throws: ModelStoreFault.notAModel(bare, lacks: "*.safetensors")) {
            try store().locate(bare.string)
        }
        let letters = root.appending("letters")
        #expect(throws: ModelStoreFault.notAModel(letters, lacks: "config.json")) {
            try store().locate(letters.string)
        }
        let letter = letters.appending("letter.txt")
        #expect(throws: ModelStoreFault.notAModel(letter, lacks: "the ending .gguf or .docket")) {
            try store().locate(letter.string)
        }
        #expect(throws: ModelStoreFault.noSuchPath("/none")) { try store().locate("/none") }
        #expect(throws: ModelStoreFault.address("http://h:1/v1")) {
            try store().locate("http://h:1/v1")
        }
        #expect(throws: ModelStoreFault.incomplete("Qwen/B")) {
            try put(["docket-pull.json"], in: "Qwen/B.incoming")
            return try store().locate("B")
        }
    }

    @Test func `the list tells family, size, and what is only begun`() throws {
        try put(Self.checkpoint, in: "Qwen/A")
        try put(["docket-pull.json"], in: "Qwen/B.incoming")
        try put(Self.checkpoint, in: "Qwen/C")
        // A newer revision on its way in: what is there is complete.
        try put(["docket-pull.json"], in: "Qwen/C.incoming")
        var header = Array("GGUF".utf8) + [3, 0, 0, 0]
        header += [UInt8](repeating: 0, count: 16) + [20, 0, 0, 0, 0, 0, 0, 0]
        header += Array("general.architecture".utf8) + [8, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0]
        try put([], in: "Qwen/G")
        try Data(header + Array("qwen3vl".utf8) + [0, 0])
            .write(to: folder.appendingPathComponent("Qwen/G/m.gguf"))
        let models = store().installed()
        #expect(models.map(\.name) == ["Qwen/A", "Qwen/B", "Qwen/C", "Qwen/G"])
        #expect(models.map(\.isComplete) == [true, false, true, true])
        #expect(models.map(\.family) == ["qwen3", nil, "qwen3", "qwen3vl"])
        #expect(models.map(\.byteCount) == [23, 0, 23, header.count + 9])
    }

    @Test(arguments: [
        "Qwen", "Qwen/", "/A", "Qwen/A/B", "../A", "Qwen/..", "Qwen/.a", "Qwen/-a", "Qwen/a b",
        "Qwen/A.incoming", "Qwen/A.lock", "Qwen/ä", "Qwen/a\n", "",
    ])
    func `a name that could lead elsewhere is no name`(text: String) {
        #expect(throws: ModelStoreFault.notAName(text)) { try ModelName(text) }
    }
}
