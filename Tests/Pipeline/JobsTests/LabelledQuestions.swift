import Testing

/// A question and what it is: one that only wants the text, or one for the model.
struct LabelledQuestion: Sendable, CustomTestStringConvertible {
    let words: String
    let wantsText: Bool

    var testDescription: String { "\(wantsText ? "text" : "model"): \(words)" }

    static func text(_ questions: [String]) -> [LabelledQuestion] {
        questions.map { LabelledQuestion(words: $0, wantsText: true) }
    }

    static func model(_ questions: [String]) -> [LabelledQuestion] {
        questions.map { LabelledQuestion(words: $0, wantsText: false) }
    }
}

/// Written before the rules: what they were made after.
enum FirstQuestions {
    static let english =
        LabelledQuestion.text([
            "Extract all text",
            "extract all the text from this image",
            "Read the text in this picture.",
            "What does this sign say?",
            "Transcribe this page.",
            "Transcribe the letter word for word, keeping the line breaks.",
            "OCR",
            "OCR this image please",
            "Please extract all visible text, one line per line.",
            "Could you type out everything that is written here?",
            "Give me the full text of this document.",
            "Output all text in reading order, line by line, without any comments.",
            "Write out this letter.",
            "Copy all the words on the label.",
            "Show me the raw text only.",
            "List all the text you can see in the image.",
            "Recognize the text.",
            "What is written on this page?",
            "Read everything.",
            "The text of the picture",
            "I need the text of this scan.",
            "Convert this image to text",
            "What text is in this image?",
            "Return the complete text, nothing else.",
        ])
        + LabelledQuestion.model([
            "What is the total?",
            "Extract all text and translate it into English.",
            "Extract all text as JSON.",
            "Extract all text, grouped by brand and article number.",
            "Summarize the text.",
            "Extract the total.",
            "Extract all text in a table.",
            "Extract all the dates.",
            "How many words are on the page?",
            "Is there any text in this image?",
            "Extract all text that is handwritten.",
            "Extract the text in the red box.",
            "What language is the text in?",
            "Extract all text and correct the spelling.",
            "Read the text and tell me who wrote it.",
            "What does clause 4 say?",
            "Describe the picture.",
            "Extract all text as Markdown.",
            "Extract the first line of text.",
            "Read the barcode.",
            "Extract all product names, one per line.",
            "Extract all text except the prices.",
            "Sort all the text alphabetically.",
            "Extract all text and count the lines.",
            "What does the writer want?",
            "Does the text mention a refund?",
            "Rewrite this text politely.",
            "What is this?",
            "What is in the picture?",
            "Write a letter.",
        ])

    static let chinese =
        LabelledQuestion.text([
            "提取图中所有文字，分行输出",
            "提取图中所有文字",
            "提取图片中的文字",
            "识别图中的全部文字",
            "请把图片里的文字都打出来",
            "图中写了什么？",
            "这张图上写着什么字？",
            "读出所有文字",
            "请输出图片上的所有文字内容，不要解释",
            "文字识别",
            "把这张图转成文字",
            "请逐行输出图中的所有文字",
            "提取所有文本",
            "原样输出图中文字，保持换行",
            "将图片中的全部内容转录为文本",
            "帮我识别一下这张图片里的文字，谢谢",
            "抄录这封信",
            "OCR识别",
            "按从上到下的顺序提取所有文字",
            "图片文字提取",
            "完整识别图片中的文字，每行一条",
            "请提取这张菜单上的所有文字",
            "把吊牌上的字全部读出来",
        ])
        + LabelledQuestion.model([
            "提取吊牌上所有文字，按品牌、货号分类输出",
            "提取图中所有文字并翻译成英文",
            "总金额是多少？",
            "提取所有文字，以JSON格式输出",
            "识别图中的日期",
            "图中有多少个字？",
            "总结图中的文字",
            "提取图中所有商品名称",
            "图片里有文字吗？",
            "描述这张图片",
            "提取所有文字并纠正错别字",
            "提取红色文字",
            "提取表格中的文字，输出为表格",
            "把文字按价格排序",
            "文字是什么语言？",
            "提取图中所有英文",
            "提取第一行文字",
            "提取图中所有文字，去掉标点",
            "这是什么？",
            "读取条形码",
            "提取所有文字，忽略水印",
            "这家店叫什么名字？",
            "请提取标题",
            "识别图中文字，并判断是好评还是差评",
            "提取图中的手写文字",
            "提取所有文字，整理成段落",
        ])

    static let otherLanguages =
        LabelledQuestion.text([
            "Lies den gesamten Text.",
            "Extrahiere den ganzen Text Zeile für Zeile.",
            "Was steht auf diesem Bild?",
            "Schreib den Brief ab.",
            "Lis tout le texte de cette image.",
            "Extrais tout le texte, ligne par ligne.",
            "Qu'est-ce qui est écrit sur l'image ?",
            "Extrae todo el texto de la imagen.",
            "¿Qué dice el letrero?",
            "Transcribe la carta, línea por línea.",
        ])
        + LabelledQuestion.model([
            "Fasse den Text zusammen.",
            "Wie hoch ist der Gesamtbetrag?",
            "Extrahiere den Text und übersetze ihn.",
            "Quel est le total ?",
            "Extrais le texte sous forme de tableau.",
            "¿Cuál es el total?",
            "Extrae el texto y tradúcelo al inglés.",
        ])

    static let all = english + chinese + otherLanguages
}
