import Tensors
import Tokenization

/// Conversations as text and as ids.
struct ChatParity {
    let folder: GoldenFolder

    private struct Row: Decodable {
        let messages: [Message]
        let options: Options
        let rendered: String
        let ids: [TokenID]
    }

    private struct Options: Decodable {
        let add_generation_prompt: Bool?
        let add_vision_id: Bool?
        let enable_thinking: Bool?
    }

    func compare(into report: inout ParityReport) throws {
        for name in folder.names(in: folder.goldens.appending("chat"), ending: ".json") {
            let checkpoint = String(name.dropLast(".json".count))
            let item = "chat/\(checkpoint)"
            report.expect(item, group: checkpoint, stage: "chat template")
            let engine = try EngineUnderTest(checkpoint, in: folder, precision: .float32)
            let wrong = try folder.read([Row].self, "chat/\(name)").compactMap {
                try difference($0, engine)
            }
            report.compare(
                item,
                problem: wrong.isEmpty ? nil : "\(wrong.count) differ, first \(wrong[0])"
            )
        }
    }

    private func difference(_ row: Row, _ engine: EngineUnderTest) throws -> String? {
        var options = ChatTemplate.Options()
        options.addsGenerationPrompt = row.options.add_generation_prompt ?? false
        options.numbersPictures = row.options.add_vision_id ?? false
        options.thinking = row.options.enable_thinking ?? true
        // An unexpanded picture is one token, as in the recordings; a video is one mark there and none of ours.
        let conversation = try Conversation(row.messages) { _ in
            .picture(tokens: 1)
        } video: {
            .video([])
        }
        let text = try engine.template.text(conversation, options: options)
        guard text == row.rendered else { return text.debugDescription }
        guard !row.rendered.contains("<|video_pad|>") else { return nil }
        let ids = try engine.template.prompt(conversation, options: options).ids
        return ids == row.ids ? nil : "\(text.debugDescription) → \(ids)"
    }
}

extension Conversation {
    /// A recorded conversation.
    init(
        _ messages: [Message],
        picture: (Int) throws -> TurnPart,
        video: () throws -> TurnPart
    ) throws {
        var system: String?
        var turns: [Turn] = []
        var pictures = 0
        for (index, message) in messages.enumerated() {
            var parts: [TurnPart] = []
            switch message.content {
            case .text(let text): parts = [.text(text)]
            case .parts(let recorded):
                for part in recorded {
                    switch part.type {
                    case "image":
                        parts.append(try picture(pictures))
                        pictures += 1
                    case "video": parts.append(try video())
                    default: parts.append(.text(part.text ?? ""))
                    }
                }
            }
            if message.role == "system", index == 0 {
                system = parts.compactMap {
                    if case .text(let text) = $0 { text } else { nil }
                }.joined()
            } else if let role = Turn.Role(rawValue: message.role) {
                turns.append(Turn(role, parts))
            }
        }
        self.init(system: system, turns: turns)
    }
}
