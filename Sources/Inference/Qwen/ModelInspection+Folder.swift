public import SystemPackage
internal import Tensors
internal import Tokenization

extension ModelInspection {
    /// Looks a model folder through: `config.json`, a tokenizer, `*.safetensors`.
    ///
    /// - Parameter folder: The folder; files of it may be missing or cut short.
    public init(folder: FilePath) {
        var findings = InspectionFindings(path: folder, format: .safetensors)
        let files = SettingsFiles(folder: folder)
        findings.readConfiguration(files)
        findings.readShards(folder)
        findings.readTokenizer(files)
        findings.readSettings(files)
        self.init(findings)
    }
}

extension InspectionFindings {
    mutating func readConfiguration(_ files: SettingsFiles) {
        let file = files.file("config.json")
        do throws(QwenFault) {
            guard let json = try files.bytes("config.json") else {
                problems.append(.missingFile(file))
                return
            }
            configuration = try ModelConfiguration(json: json)
        } catch {
            problems.append(.configuration(file: file, error))
        }
    }

    fileprivate mutating func readShards(_ folder: FilePath) {
        let layout: SafetensorsLayout
        do throws(WeightFault) {
            layout = try SafetensorsLayout(folder)
        } catch {
            note(error)
            return
        }
        var places: [String: FilePath] = [:]
        let missing = Set(layout.missing)
        let unlisted = Set(layout.unlisted)
        for name in layout.listed + layout.unlisted {
            let isListed = layout.index == nil || !unlisted.contains(name)
            if missing.contains(name) {
                files.append(
                    ModelInspection.WeightFile(path: folder.appending(name), byteCount: nil)
                )
                note(.missingShard(folder: folder, shard: name))
                continue
            }
            read(folder.appending(name), isListed: isListed, &places)
        }
        guard let index = layout.index else { return }
        for (tensor, shard) in index.shards.sorted(by: { $0.key < $1.key })
        where places[tensor] == nil && !missing.contains(shard) {
            note(.tensorInNoShard(index: index.path, tensor: tensor, shard: shard))
            break  // one says it; the rest is among the tensors that are missing
        }
    }

    private mutating func read(
        _ path: FilePath,
        isListed: Bool,
        _ places: inout [String: FilePath]
    ) {
        let file: MappedFile
        let header: SafetensorsHeader
        do throws(Errno) {
            file = try MappedFile(path)
        } catch {
            if isListed { note(.unreadable(file: path, errno: error)) }
            return
        }
        files.append(ModelInspection.WeightFile(path: path, byteCount: file.count))
        do throws(WeightFault) {
            header = try SafetensorsHeader(file)
            if isListed { try header.checkLength() }
        } catch {
            if isListed { note(error) }
            // A file that only ends early still tells what should be in it.
            guard isListed, case .truncated = error, let header = try? SafetensorsHeader(file)
            else { return }
            add(header.storedTensors, isListed: isListed, &places)
            return
        }
        add(header.storedTensors, isListed: isListed, &places)
    }

    private mutating func add(
        _ tensors: [StoredTensor],
        isListed: Bool,
        _ places: inout [String: FilePath]
    ) {
        for tensor in tensors {
            if let first = places[tensor.name] {
                guard isListed else { continue }
                note(
                    .tensorInTwoShards(tensor: tensor.name, first: first, second: tensor.file)
                )
                continue
            }
            places[tensor.name] = tensor.file
            textTensors.append(tensor)
        }
    }

    mutating func readTokenizer(_ files: SettingsFiles) {
        do throws(TokenizerFault) {
            tokenizer = ModelInspection.TokenizerFacts(try files.makeTokenizer())
        } catch {
            problems.append(.tokenizer(error))
        }
    }

    /// Settings for pictures and answers: files that may be missing and may not be wrong.
    mutating func readSettings(_ files: SettingsFiles) {
        for (name, defaults) in [
            ("preprocessor_config.json", PictureSettings.stillPictures),
            ("video_preprocessor_config.json", PictureSettings.videos),
        ] where configuration?.vision != nil {
            let file = files.file(name)
            var read: (PictureSettings, VisionConfiguration)?
            do throws(QwenFault) {
                guard let json = try files.bytes(name) else { continue }
                do throws(PreprocessingFault) {
                    let settings = try PictureSettings(json: json, defaults: defaults)
                    if let vision = configuration?.vision { read = (settings, vision) }
                } catch {
                    problems.append(.pictureSettings(file: file, error))
                }
                if let (settings, vision) = read { try settings.check(against: vision) }
            } catch {
                problems.append(.configuration(file: file, error))
            }
        }
        guard let configuration else { return }
        let file = files.file("generation_config.json")
        do throws(QwenFault) {
            guard let json = try files.bytes("generation_config.json") else { return }
            _ = try GenerationConfiguration(json: json, configuration: configuration)
        } catch {
            problems.append(.generationSettings(file: file, error))
        }
    }
}
