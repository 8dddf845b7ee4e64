import Foundation
import Glibc
import Testing

/// `docket model quantize`, and the commands that take what it makes.
@Suite struct ModelQuantizeTests {
    private static let checkpoints = Project.fixture("models/checkpoints")
    private let place: Workplace
    /// A copy of a fixture, named as published models are.
    private let model: URL

    init() throws {
        place = try Workplace()
        model = place.folder.appending(path: "Tiny-VL-2B-Instruct")
        try FileManager.default.copyItem(
            at: Self.checkpoints.appending(path: "qwen3-vl-tiny"),
            to: model
        )
    }

    private func quantize(
        _ arguments: [String],
        environment: [String: String] = [:]
    ) async throws -> Ended {
        try await DocketCommand.run(
            ["model", "quantize"] + arguments,
            in: place.folder,
            environment: environment
        )
    }

    private func file(_ name: String) -> URL { place.folder.appending(path: name) }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: place.folder.path)
            .filter { $0.contains(".docket") || $0.contains(".part") }.sorted()
    }

    // MARK: What a person does

    @Test func `a model is packed beside its folder, asked, inspected and verified`() async throws {
        for form in ["int8", "int4"] {
            let ended = try await quantize([model.path, "--to", form])
            #expect(ended.status == 0, ended.words)
            #expect(ended.output.isEmpty, ended.words)
            #expect(ended.errors.contains("tiny-vl-2b.\(form).docket: "), ended.words)
            #expect(ended.errors.contains("error "), ended.words)
            let packed = file("tiny-vl-2b.\(form).docket")
            var status = stat()
            #expect(stat(packed.path, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600)

            let asked = try await DocketCommand.run(
                [
                    "ask", "Say it.", "--model", packed.lastPathComponent, "--max-tokens", "4",
                    "--json",
                ],
                in: place.folder
            )
            #expect(asked.status == 0, asked.words)
            let answer = try #require(try asked.objects().first)
            #expect((answer["tokens"] as? [Int])?.isEmpty == false)

            let inspected = try await DocketCommand.run([
                "model", "inspect", packed.path, "--verify",
            ])
            #expect(inspected.status == 0, inspected.words)
            for word in ["made of     Tiny-VL-2B-Instruct", form, "verified", "usable      yes"] {
                #expect(inspected.output.contains(word), inspected.words)
            }
        }
        #expect(try names() == ["tiny-vl-2b.int4.docket", "tiny-vl-2b.int8.docket"])
    }

    @Test func `of an installed model the packed file is listed and found by its name`()
        async throws
    {
        let store = file("store")
        let owner = store.appending(path: "Qwen")
        try FileManager.default.createDirectory(at: owner, withIntermediateDirectories: true)
        try FileManager.default.moveItem(
            at: model,
            to: owner.appending(path: "Tiny-VL-2B-Instruct")
        )
        let environment = ["DOCKET_MODELS": store.path]
        // No model is named: it is the only one.
        let packed = try await quantize(["--to", "int8", "--json"], environment: environment)
        #expect(packed.status == 0, packed.words)
        let report = try #require(try packed.objects().first)
        #expect(report["source"] as? String == "Qwen/Tiny-VL-2B-Instruct")
        #expect((report["forms"] as? [[String: Any]])?.first?["form"] as? String == "int8")
        let listed = try await DocketCommand.run(
            ["model", "list", "--json"],
            environment: environment
        )
        let models = try #require(
            try JSONSerialization.jsonObject(with: Data(listed.outputBytes)) as? [[String: Any]]
        )
        #expect(
            models.map { $0["name"] as? String } == [
                "Qwen/Tiny-VL-2B-Instruct", "Qwen/tiny-vl-2b.int8",
            ]
        )
        #expect(models.map { $0["packed"] as? String } == [nil, "int8"])
        #expect(models.map { $0["family"] as? String } == ["qwen3_vl", "qwen3_vl"])
        let asked = try await DocketCommand.run(
            ["ask", "Say it.", "--model", "tiny-vl-2b.int8", "--max-tokens", "2"],
            environment: environment
        )
        #expect(asked.status == 0, asked.words)
    }

    @Test func `a GGUF file is packed with its vision tower`() async throws {
        let text = Project.fixture("models/gguf/qwen3-vl-tiny-bf16.gguf")
        let ended = try await quantize([text.path, "--to", "int8", "--output", "from.docket"])
        #expect(ended.status == 0, ended.words)
        let inspected = try await DocketCommand.run(["model", "inspect", file("from.docket").path])
        #expect(inspected.output.contains("vision      3 blocks"), inspected.words)
        #expect(inspected.output.contains("gguf"), inspected.words)
    }

    // MARK: What can go wrong

    @Test func `a file that is there is replaced with --force only`() async throws {
        let packed = file("tiny-vl-2b.int8.docket")
        try Data("mine".utf8).write(to: packed)
        let refused = try await quantize([model.path, "--to", "int8"])
        #expect(refused.status == 73, refused.words)
        #expect(refused.errors.contains("--force"), refused.words)
        #expect(try Data(contentsOf: packed) == Data("mine".utf8))
        let forced = try await quantize([model.path, "--to", "int8", "--force", "--quiet"])
        #expect(forced.status == 0, forced.words)
        #expect(forced.errors.isEmpty, forced.words)
        #expect(try Data(contentsOf: packed).prefix(6) == Data("docket".utf8))
    }

    @Test func `wrong command lines end with 64`() async throws {
        let none = try await quantize([model.path])
        #expect(none.status == 64, none.words)
        let other = try await quantize([model.path, "--to", "int2"])
        #expect(other.status == 64, other.words)
        let name = try await quantize([model.path, "--to", "int8", "--output", "model.bin"])
        #expect(name.status == 64, name.words)
        #expect(name.errors.contains(".docket"), name.words)
        _ = try await quantize([model.path, "--to", "int8"])
        let kernels = try await quantize(
            [model.path, "--to", "int4"],
            environment: ["DOCKET_KERNELS": "nonsense"]
        )
        #expect(kernels.status == 64, kernels.words)
        #expect(kernels.errors.contains("DOCKET_KERNELS=nonsense"), kernels.words)
        let again = try await quantize([file("tiny-vl-2b.int8.docket").path, "--to", "int4"])
        #expect(again.status == 64, again.words)
        #expect(again.errors.contains("packed already"), again.words)
    }

    @Test func `what is no model, and a folder that is not there, are told`() async throws {
        let absent = try await quantize([file("none").path, "--to", "int8"])
        #expect(absent.status == 66, absent.words)
        let nowhere = try await quantize([
            model.path, "--to", "int8", "--output", file("none/m.docket").path,
        ])
        #expect(nowhere.status == 73, nowhere.words)
        try FileManager.default.removeItem(at: model.appending(path: "model.safetensors"))
        let broken = try await quantize([model.path, "--to", "int8"])
        #expect(broken.status == 66, broken.words)
        #expect(try names() == [])
    }

    @Test func `a damaged or old file is refused with the command that makes it anew`()
        async throws
    {
        _ = try await quantize([model.path, "--to", "int4"])
        let packed = file("tiny-vl-2b.int4.docket")
        let whole = try Data(contentsOf: packed)
        var old = whole
        old[8] = 0xEE
        try old.write(to: packed)
        let refused = try await DocketCommand.run(["ask", "Say it.", "--model", packed.path])
        #expect(refused.status == 66, refused.words)
        let command =
            "docket model quantize \(model.path) --to int4 --output \(packed.path) --force"
        #expect(refused.errors.contains("layout 238"), refused.words)
        #expect(refused.errors.contains(command), refused.words)

        // Where the table of contents is gone, nothing tells of what it was made.
        let unknown = command.replacingOccurrences(of: model.path, with: "MODEL")
        let short = "`docket model quantize MODEL --to int4` makes one"
        for (damaged, remedy) in [
            (whole.dropLast(1000), unknown), (whole + Data([0]), command),
            (Data("docket".utf8), short),
        ] {
            try Data(damaged).write(to: packed)
            let ended = try await DocketCommand.run(["model", "inspect", packed.path])
            #expect(ended.status == 66, ended.words)
            let problem = ended.output.split(separator: "\n").first { $0.contains("PROBLEM") }
            #expect(problem?.hasSuffix(remedy) == true, ended.words)
        }
        var weight = whole
        weight[whole.count / 2] ^= 4
        try weight.write(to: packed)
        let verified = try await DocketCommand.run(["model", "inspect", packed.path, "--verify"])
        #expect(verified.status == 66, verified.words)
        #expect(verified.output.contains("damaged"), verified.words)
        #expect(verified.output.contains(command), verified.words)
    }

    @Test func `the command that makes a file anew takes no name for an option`() async throws {
        let source = file("-tiny")
        try FileManager.default.moveItem(at: model, to: source)
        _ = try await quantize(["./-tiny", "--to", "int8"])
        let packed = file("-tiny.int8.docket")
        try (try Data(contentsOf: packed) + Data([0])).write(to: packed)
        let ended = try await DocketCommand.run(
            ["model", "inspect", "./-tiny.int8.docket"],
            in: place.folder
        )
        let problem = try #require(
            ended.output.split(separator: "\n").first { $0.contains("PROBLEM") }
        )
        let command = try #require(problem.range(of: "docket model quantize "))
        let words = problem[command.upperBound...].split(separator: " ").map(String.init)
        #expect(words.first { $0.hasSuffix("-tiny") }?.hasPrefix("-") == false, ended.words)
        let again = try await quantize(words)
        #expect(again.status == 0, again.words)
        let whole = try await DocketCommand.run(["model", "inspect", packed.path, "--verify"])
        #expect(whole.status == 0, whole.words)
    }

    @Test func `a disk that becomes full leaves nothing behind`() async throws {
        // A limit on the size of files fails as a full disk does, in the middle of writing.
        let ended = try await RunningCommand(
            "/bin/sh",
            [
                "-c", "ulimit -f 100; trap '' XFSZ; exec \"$0\" \"$@\"", DocketCommand.binary,
                "model",
                "quantize", model.path, "--to", "int8",
            ],
            in: place.folder
        ).end()
        #expect(ended.status == 73, ended.words)
        #expect(try names() == [])
    }
}
