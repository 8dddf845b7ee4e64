/// Words that tell names of firms and lines of addresses apart from everything else; to be extended here.
enum NameWords {
    /// Legal forms at the end of a firm's name, letters only, longest first.
    static let legalForms: [String] = [
        "gmbhcokg", "gmbhcokgaa", "agcokg", "sdnbhd", "ptelimited", "pteltd", "ptyltd", "coltd",
        "coinc", "gmbh", "kgaa", "limited", "corporation",
        "incorporated", "berhad", "bhd", "ltd", "llc", "llp", "inc", "corp", "plc", "mbh", "ohg",
        "gbr", "sarl", "sas", "eurl", "srl", "spa", "slu", "asa",
        "bvba", "oyj", "aps", "sca", "ug", "ag", "kg", "ek", "sa", "sl", "bv", "nv", "ab", "as",
        "oy", "co", "sb",
        "有限公司", "股份有限公司", "有限责任公司", "公司",
    ]

    /// Words for kinds of business: weaker than a legal form, stronger than nothing.
    static let businesses: Set<String> = [
        "restaurant", "restoran", "ristorante", "restaurante", "cafe", "kafe", "coffee", "bar",
        "grill", "bistro", "pizzeria", "kitchen", "bakery", "bakeries",
        "backerei", "baeckerei", "boulangerie", "panaderia", "bakeri", "hotel", "market", "markt",
        "supermarkt", "supermarket", "supermarche", "supermercado",
        "mart", "minimarket", "store", "stores", "shop", "butikk", "kedai", "pharmacy", "apotheke",
        "pharmacie", "farmacia", "apotek", "baumarkt",
        "hardware", "stationery", "books", "buchhandlung", "librairie", "libreria", "trading",
        "enterprise", "enterprises", "marketing", "company", "syarikat",
        "perniagaan", "services", "service", "house", "gallery", "supplies", "tankstelle",
        "station", "petrol", "fuel", "clinic", "electronics", "fashion",
        "foods", "food", "seafood", "drogerie", "kiosk", "deli", "burger", "pizza", "brewery",
        "pub", "inn", "salon", "optik", "garden", "wholesale", "express",
        "internasional", "international", "group", "holdings", "industries", "商店", "超市", "餐厅", "饭店",
        "酒店", "药房", "书店",
    ]

    /// Further words of firms' names, for putting misread ones right.
    static let firmWords: Set<String> = [
        "restaurants", "supermarkets", "pharmacies", "hardwares", "petroleum", "corporation",
        "limited",
        "incorporated", "berhad", "logistics", "transport", "engineering", "furniture", "computer",
        "computers", "technology", "technologies", "communication", "communications",
        "construction",
        "development", "management", "resources", "holding", "global", "business", "center",
        "centre",
        "super", "hyper", "cash", "carry", "mini", "pasar", "perusahaan", "perniagaan", "pembekal",
        "makanan", "minuman", "buku", "motor", "motors", "tyre", "auto", "parts", "beauty",
        "optical",
        "jewellery", "florist", "flower", "flowers", "bookstore", "bookshop", "printing", "sports",
        "textile", "agency", "agencies", "medical", "dental", "veterinary", "library", "museum",
        "cinema", "travel", "tours", "buchhandlung", "baumarkt", "getrankemarkt", "fleischerei",
        "metzgerei", "konditorei", "reinigung", "friseur", "gasthaus", "gaststatte", "blumen",
        "brasserie", "patisserie", "boucherie", "fromagerie", "cerveceria", "taberna", "lounge",
        "steakhouse", "noodle", "noodles", "chicken", "delight", "family", "royal", "golden",
    ]

    /// Words that stand in streets and buildings, folded.
    static let streets: Set<String> = [
        "jalan", "jln", "lorong", "lot", "taman", "tmn", "kawasan", "persiaran", "lebuh",
        "lebuhraya", "batu", "kampung", "kg", "bandar", "seksyen", "pusat",
        "street", "st", "road", "rd", "avenue", "ave", "blvd", "boulevard", "lane", "ln", "drive",
        "dr", "highway", "hwy", "court", "ct", "square", "sq", "parkway",
        "pkwy", "place", "strasse", "str", "weg", "platz", "allee", "gasse", "rue", "avenida",
        "calle", "cl", "carrer", "paseo", "plaza", "gate", "gata", "vei", "veien", "gaten",
        "floor", "flr", "level", "block", "blk", "unit", "suite", "ste", "box", "postfach", "mall",
        "building", "bldg", "plot", "ground", "straat", "laan", "plein", "via", "viale", "piazza",
        "postboks", "industriestrasse", "jl", "no", "nr",
    ]

    /// Endings of German, Dutch and Nordic street names.
    static let streetEndings = [
        "strasse", "straße", "str", "weg", "platz", "allee", "gasse", "damm", "ufer", "ring",
        "straat", "laan", "veien", "gata", "gate", "vei", "steig", "hof",
    ]

    /// Names of states that may end an address.
    static let countries: Set<String> = [
        "malaysia", "singapore", "germany", "deutschland", "france", "frankreich", "espana",
        "spain", "norge", "norway", "osterreich", "austria", "schweiz", "suisse", "switzerland",
        "nederland", "netherlands", "belgie", "belgique", "italia", "italy", "china", "usa", "us",
        "uk", "canada", "india", "australia", "ireland", "england", "中国", "denmark", "danmark",
        "sverige", "sweden",
    ]
}
