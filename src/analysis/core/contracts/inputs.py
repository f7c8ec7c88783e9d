"""What users bring: the tables a session of cleaning reads, and the headers under which exports know them.

Aliases are compared by ``clean.headers.normal``: case, spaces, underscores, punctuation and full-width forms do
not matter, so each is written once. They stand best first. A header in ``WEAK`` means a column only where no
better header does. ``BASIS`` holds the headers of an amount that say, or fail to say, whether tax is inside.
"""

from __future__ import annotations

from dataclasses import replace

from analysis.core.contracts.schema import Column, Kind, Table, Words


def column(name: str, kind: Kind, en: str, zh: str, meaning: str, *aliases: str) -> Column:
    """A column that an export may lack; its own name is its first alias."""
    return Column(name, kind, Words(en, zh), meaning, nullable=True, aliases=(name, *aliases))


CUSTOMER_ID = column(
    "customer_id", "text", "customer", "客户编号", "Who bought: the seller's own number of the customer",
    "客户编号", "客户编码", "客户ID", "客户代码", "客户号", "会员号", "会员编号", "会员ID", "会员卡号", "会员编码", "会员代码",
    "买家会员名", "买家昵称", "买家ID", "买家账号", "买家编号", "用户ID", "用户编号", "用户账号", "顾客编号", "顾客ID",
    "购货单位编码", "购货单位代码", "客商编码", "客户账号", "用户名ID", "client_id", "客戶編號", "客戶代碼", "会員ID", "会員番号",
    "顧客ID", "顧客番号", "顧客コード", "得意先コード", "customer no", "customer number",
    "customer code", "customer key", "cust id", "cust no", "custno", "cust code", "cust num", "custid", "customer account",
    "customer account number", "account id", "account no", "account number", "account code", "client id", "client no",
    "client number", "client code", "buyer id", "user id", "userid", "member id", "member no", "member number",
    "membership id", "household key", "household id", "loyalty card number", "lylty card nbr", "card number",
    "master id", "shopper id", "visitor id", "customer ref", "kunnr", "bill to customer",
    "bill to id", "ship to customer", "debtor no", "debtor number", "debitor", "cCusCode", "FCustId", "FCustomerID",
    "FCustNumber", "AccountId", "ACCTNO", "kundennummer", "kundennr", "kunden nr", "kunden id", "id client",
    "n client", "no client", "numero client", "numéro client", "code client", "codigo cliente", "código cliente",
    "id cliente", "cod cliente", "numero cliente", "número de cliente", "num cliente", "codice cliente", "klantnummer",
    "código do cliente", "kundnr", "id_klienta",
    "sell to customer no", "bill to customer no", "社保卡号", "医保卡号", "cód cliente", "codigo do cliente", "id do cliente", "고객번호", "고객코드",
    "고객id", "код клиента", "id клиента", "номер клиента",
)  # fmt: skip

CUSTOMER_NAME = column(
    "customer_name", "text", "customer name", "客户名称", "The customer's name as the export writes it",
    "客户名称", "客户名", "客户姓名", "客户简称", "客户全称", "顾客名称", "顾客姓名", "购货单位", "购货单位名称", "购货方",
    "购买方", "购买方名称", "买方名称", "客商名称", "往来单位", "往来单位名称", "单位名称", "会员名称", "会员姓名", "会员名",
    "用户名", "用户名称", "用户姓名", "客戶名稱", "買家", "顧客名", "会員名", "得意先名", "氏名", "取引先名", "customer fullname",
    "customer full name", "client name", "buyer name", "account name", "company name", "company",
    "organisation", "organization", "business partner", "business partner name", "sold to name", "sold to party name", "name1",
    "user name", "member name", "debtor name", "bill to name", "billing name", "cCusName", "FCustName", "FCustomerName",
    "kundenname", "kunde name", "nom client", "nom du client", "raison sociale", "client nom", "nombre cliente",
    "nombre del cliente", "razón social", "nome cliente", "nome do cliente", "ragione sociale", "klantnaam",
    "买家姓名", "买家名称", "customer display name", "gästename", "nome fantasia", "cliente nome", "고객명", "거래처명", "контрагент", "покупатель",
    "客户", "customer", "client", "buyer", "account", "debtor", "sold to", "sold to party", "kunde", "cliente", "клиент", "고객",
)  # fmt: skip

INDUSTRY = column(
    "industry", "text", "customer group", "客户类别", "The customer group that the seller already uses",
    "细分", "客户类型", "客户类别", "客户分类", "客户等级", "客户级别", "客户群", "行业", "所属行业", "会员等级", "会员级别",
    "segment", "customer segment", "customer group", "customer type", "customer category", "customer class", "sector",
    "account type", "client type", "tier", "kundengruppe", "branche", "segmento", "tipo de cliente", "secteur", "顧客区分", "業種",
)  # fmt: skip

REGION = column(
    "region", "text", "region", "地区", "Where the customer or the delivery is",
    "区域", "大区", "地区", "销售区域", "销售大区", "所属区域", "区域名称", "地区名称", "片区", "sales region", "sales territory",
    "territory", "area", "market", "省份", "省/自治区", "省", "收货省份", "省市", "所在地区", "province", "state",
    "customer state", "收货地址", "城市", "市", "收货城市", "所在城市", "city", "customer city", "国家/地区", "国家", "country",
    "country/region", "customer country", "ship country", "ship region", "ship state", "ship city", "shipping province",
    "store location", "cDCName", "région", "gebiet", "bundesland", "land", "pays", "país", "pais", "provincia", "comunidad",
    "estado", "stadt", "ville", "ciudad", "地域", "都道府県", "地區", "エリア",
    "收货地区", "order region", "ship country code", "uf", "cidade", "регион", "город", "지역",
)  # fmt: skip

PRODUCT_ID = column(
    "product_id", "text", "product", "产品编码", "The seller's own number of the product",
    "产品编码", "产品编号", "产品ID", "产品代码", "商品编号", "商品编码", "商品ID", "商品代码", "存货编码", "存货代码", "物料编码",
    "物料代码", "物料号", "物料编号", "品号", "货号", "货品编码", "货品编号", "商家编码", "外部系统编号", "款号", "SKU", "SKU编码",
    "SKU ID", "条码", "商品条码", "產品編號", "商品編號", "商品コード", "商品番号", "品番", "product no", "product number",
    "product code", "product key", "productkey", "prod id", "prod code", "item id", "item no", "item number", "item code",
    "sku id", "sku code", "sku number", "stock code", "stockcode", "stock item", "stock item key",
    "article id", "article no", "article number", "material number", "material no", "matnr", "part number",
    "part no", "asin", "upc", "ean", "gtin", "barcode", "track id", "prod nbr", "lineitem sku", "variant sku",
    "cInvCode", "FMaterialId", "FItemID", "FItemNumber", "FNumber", "artikelnummer", "artikelnr", "artikel nr",
    "materialnummer", "référence", "ref article", "code article", "code produit", "id produit", "id producto",
    "código producto", "codigo producto", "cod articulo", "código artículo", "referencia", "codice articolo", "artikelcode",
    "产品长代码", "物料长代码", "cód produto", "codigo do produto", "código do produto", "상품코드", "код товара", "артикул", "material", "article", "artikel", "style", "item",
)  # fmt: skip

PRODUCT_NAME = column(
    "product_name", "text", "product name", "产品名称", "The product's name as the export writes it",
    "产品名称", "产品名", "品名", "商品名称", "商品名", "商品标题", "宝贝标题", "宝贝名称", "标题", "存货名称", "物料名称", "货品名称",
    "货物名称", "货物或应税劳务名称", "服务项目", "產品名稱", "品項", "品目", "product title",
    "product description", "product full name", "item name", "item description", "item desc", "description", "desc", "stock item name",
    "article name", "article description", "material description", "maktx", "lineitem name", "line item name", "title",
    "part description", "goods name", "cInvName", "FItemName", "FMaterialName", "bezeichnung",
    "artikelbezeichnung", "produktname", "désignation", "designation", "libellé", "nom du produit",
    "descripción", "descripcion", "nombre del producto", "descrizione", "descrição", "omschrijving",
    "选购商品", "药品名称", "product/service", "product detail", "nome do produto", "descrição do produto", "상품명", "наименование", "название товара",
    "номенклатура", "产品", "商品", "product", "produkt", "produit", "producto", "produto", "prodotto", "товар", "goods", "service", "plan",
)  # fmt: skip

CATEGORY = column(
    "category", "text", "category", "品类", "The group that the product belongs to",
    "品类", "类别", "大类", "产品类别", "产品大类", "商品类别", "商品分类", "产品分类", "存货分类", "存货大类", "物料组", "物料类别",
    "一级类目", "一级分类", "类目", "商品类目", "产品线", "产品系列", "子类别", "小类", "中类", "品牌", "類別", "カテゴリ",
    "カテゴリー", "商品分類", "category name", "product category", "product category name", "item category", "product line",
    "product group", "product family", "product type", "item group", "item type", "department name", "category code",
    "material group", "matkl", "commodity", "family", "dept", "class", "prod category", "sub category", "subcategory",
    "product subcategory", "product subclass", "prod subcategory", "brand", "cInvCName", "warengruppe", "kategorie",
    "produktgruppe", "catégorie", "categorie", "famille", "categoría", "categoria", "familia", "línea de producto",
    "产品类型", "商品类型", "product class", "категория", "카테고리",
)  # fmt: skip

SALES_REP = column(
    "sales_rep", "text", "sales rep", "业务员", "Who looks after the sale",
    "业务员", "业务员名称", "销售员", "销售人员", "客户经理", "负责人", "职员", "销售代表", "业务代表", "业务人员", "跟单员",
    "导购", "导购员", "店员", "区域经理", "業務員", "担当者", "担当", "営業担当", "salesperson", "sales person", "salesperson key",
    "sales representative", "salesman", "sales agent", "sales employee", "rep", "rep name", "account manager", "account owner", "owner",
    "opportunity owner", "owner name", "agent", "seller", "employee", "employee name", "employee id", "staff", "handled by",
    "cPersonCode", "cPersonName", "FSalerId", "FSalesmanID", "FEmpID", "vertreter", "verkäufer", "außendienst", "vendeur",
    "commercial", "vendedor", "comercial", "agente", "venditore", "salesrep",
    "担当者名", "营业员", "客户负责人", "salesperson code", "name of sales rep", "sales team", "менеджер", "담당자",
)  # fmt: skip

ORDER_ID = column(
    "order_id", "text", "order", "订单号", "The order or document that the line belongs to",
    "订单号", "订单编号", "订单ID", "订单编码", "订单流水号", "主订单编号", "子订单编号", "销售订单号", "销售单号", "单号", "单据编号",
    "单据号", "单据号码", "单据编码", "小票号", "流水号", "交易号", "交易编号", "发票号", "发票号码", "出库单号", "发货单号", "合同编号",
    "訂單編號", "注文番号", "注文ID", "受注番号", "伝票番号", "order no", "order number", "order num", "order nr", "order ref",
    "order reference", "order key", "order name", "order code", "ordernumber", "orderno", "sales order", "sales order id",
    "sales order number", "sales order no", "so number", "so no", "invoice", "invoice id", "invoice no", "invoice number", "invoice num",
    "invoice ref", "bill no", "bill number", "billing document", "vbeln", "sales document", "document no", "document number",
    "doc no", "doc number", "docnum", "voucher no", "receipt", "receipt no", "receipt id", "receipt number", "ticket number",
    "transaction id", "transaction no", "transaction number", "transactionid", "trans id", "txn id", "txn no", "basket id",
    "basket", "purchase id", "opportunity id", "po number", "cSOCode", "cDLCode", "cSBVCode", "FBillNo", "FOrderBillNo",
    "belegnummer", "belegnr", "beleg nr", "auftragsnummer", "auftrag", "auftragsnr", "rechnungsnummer", "rechnungsnr",
    "bestellnummer", "commande", "no commande", "n commande", "numéro commande", "numero commande", "numéro de commande",
    "facture", "no facture", "n facture", "numéro facture", "pedido", "nº pedido", "n pedido", "num pedido",
    "número de pedido", "numero pedido", "id pedido", "factura", "nº factura", "n factura", "num factura",
    "número de factura", "numero factura", "numero ordine", "fattura", "bestelnummer", "factuurnummer",
    "n° commande", "nº do pedido", "número do pedido", "numero documento", "nota fiscal", "nº nf", "주문번호", "номер заказа", "номер документа", "заказ",
)  # fmt: skip

ORDER_DATE = column(
    "order_date", "date", "order date", "订单日期", "The day, and the time where known, of the order",
    "订单日期", "订单时间", "下单时间", "下单日期", "订单创建时间", "订单创建日期", "单据日期", "销售日期", "销售时间", "业务日期",
    "交易日期", "交易时间", "成交时间", "成交日期", "购买日期", "购买时间", "消费时间", "消费日期", "訂單日期", "注文日",
    "注文日時", "受注日", "売上日", "購入日", "order time", "order datetime", "order timestamp", "orderdate", "order placed",
    "order purchase timestamp", "order created at", "date ordered", "ordered at", "ordered on", "sales date", "sale date", "sold date",
    "purchase date", "purchased at", "date of purchase", "purchase timestamp", "transaction date", "transaction time",
    "transaction dt", "transaction datetime", "trans date", "trans time", "tran date", "txn date", "txn time", "event time",
    "invoice date", "invoicedate", "date invoiced", "billing date", "bill date", "fkdat", "erdat", "audat", "document date",
    "posting date", "budat",
    "dDate", "FDate", "FBillDate", "belegdatum", "auftragsdatum", "rechnungsdatum", "bestelldatum",
    "date commande", "date de commande", "date facture", "date de facture", "date vente", "fecha pedido",
    "fecha de pedido", "fecha factura", "fecha de factura", "fecha venta", "fecha de venta", "data ordine",
    "data do pedido", "data fattura", "orderdatum", "factuurdatum",
    "t dat", "data da venda", "data venda", "data do pedido", "data da compra", "data documento", "data vendita", "so date", "签约日期", "合同日期",
    "订单提交时间", "주문일자", "주문일", "판매일", "дата заказа", "дата продажи", "дата документа",
)  # fmt: skip

AMOUNT = column(
    "amount", "money", "amount", "金额", "What the line is worth after discounts; negative for a return",
    "销售额", "销售金额", "成交额", "成交金额", "实付金额", "实收金额", "实际支付金额", "实付款", "实收款", "支付金额", "付款金额",
    "营业额", "销售收入", "收入", "折后金额", "净额", "实际销售额", "結帳金額", "銷售額",
    "売上", "売上高", "売上金額", "購入金額", "合計金額", "line amount", "line total", "linetotal", "line value", "line net amount", "net sales",
    "sales", "sale", "sales amount", "salesamount", "sales value", "sale amount", "sale value", "sales revenue", "sales total",
    "total sales", "total sale", "revenue", "net revenue", "turnover", "extended price", "extended amount", "ext price",
    "ext amount", "net value", "netwr", "net amount", "amount net", "net total",
    "transaction amount", "tran amount", "trans amount", "txn amount", "purchase amount", "amount spent", "dollar value",
    "dollar sales",
    "FAmountFor", "umsatz", "betrag", "gesamtbetrag", "montant", "montant total", "chiffre affaires",
    "chiffre d'affaires", "importe", "importe total", "monto", "ventas", "venta", "importo",
    "bedrag", "omzet",
    "商品实际成交金额", "商家实收金额", "实收", "实付", "item total", "tot sales", "ext amt", "valor da venda", "importo netto", "매출액", "판매금액", "сумма продажи", "выручка",
)  # fmt: skip

# The same amount, where the header says on which side of the tax it stands, or leaves it open.
BASIS: dict[str, tuple[str, ...]] = {
    "taxed": (
        "含税金额", "价税合计", "含税总额", "含税销售额", "含税总价", "价税合计金额", "开票金额含税", "税价合计", "税込金額",
        "amount incl tax", "amount including tax",
        "amount incl vat", "amount including vat", "total incl tax", "total incl vat", "total including tax",
        "sales incl tax", "total with tax", "amount with tax", "FAllAmount", "FAllAmountFor", "iSum", "原币价税合计",
        "本币价税合计", "brutto", "bruttobetrag", "betrag brutto", "montant ttc", "total ttc", "importe con iva", "total con iva",
    ),
    "untaxed": (
        "未税金额", "无税金额", "不含税金额", "税前金额", "去税金额", "未税销售额", "不含税销售额", "不含税收入", "原币税前金额",
        "原币无税金额", "本币无税金额", "税抜金額", "amount excl tax", "amount excluding tax", "amount excl vat",
        "amount excluding vat", "total excl tax", "total excl vat", "amount without tax", "sales excl tax",
        "netto", "nettobetrag", "betrag netto", "montant ht", "total ht", "importe sin iva", "base imponible",
        "iMoney", "FAmount",
    ),
    "unstated": (
        "金额", "总金额", "合计金额", "金额合计", "总额", "总价", "本币金额", "原币金额", "金額", "總金額", "開票金額", "开票金额",
    ),
}  # fmt: skip

ORDERS = Table(
    "orders", "one line of an order, as exported", ("file_no", "row_no"),
    (
        ORDER_ID,
        column(
            "line_id", "text", "line", "行号", "Number of the line within its order or file",
            "行号", "序号", "行 ID", "明细行号", "项次", "分录号", "明细编号", "line no", "line number", "line item",
            "line", "row id", "row no", "row number", "order line", "order line number", "orderlinenumber", "order item id",
            "order detail id", "sales order detail id", "sales order line number", "invoice line id", "posnr", "item position",
            "iRowNo", "FEntryID", "FSEQ", "index", "行番号", "明細番号", "zeile", "position", "ligne", "línea",
        ),
        ORDER_DATE, CUSTOMER_ID, CUSTOMER_NAME, INDUSTRY, PRODUCT_ID, PRODUCT_NAME, CATEGORY,
        column(
            "qty", "float", "quantity", "数量", "How many units",
            "数量", "件数", "销售数量", "销量", "开票数量", "出库数量", "发货数量", "购买数量", "商品数量", "宝贝数量", "宝贝总数量",
            "订货数量", "实发数量", "数量合计", "个数", "quantity", "order qty", "order quantity", "orderqty", "quantity ordered",
            "ordered quantity", "qty ordered", "sales quantity", "sales qty", "sold quantity", "units", "units sold", "unit sales",
            "sales units", "invoiced quantity", "billed quantity", "fkimg", "kwmeng", "pieces", "pcs", "quantity sold",
            "purchase quantity", "prod qty", "item quantity", "num items", "number of items", "number of cds", "cds",
            "lineitem quantity", "iQuantity", "FQty", "FAuxQty", "qtde", "quant", "количество", "кол-во", "수량", "qty shipped", "order item quantity", "menge", "anzahl", "stück",
            "quantité", "quantite", "qté", "cantidad", "unidades", "quantità", "quantidade", "aantal", "個数", "数量個",
        ),
        column(
            "unit_price", "money", "unit price", "单价", "What one unit cost the customer",
            "单价", "成交价", "成交单价", "销售单价", "售价", "销售价", "实际单价", "含税单价", "不含税单价", "无税单价", "未税单价",
            "折后单价", "折后价", "商品单价", "价格", "單價", "単価", "販売単価", "unit price", "price each", "priceeach", "price",
            "sales price", "selling price", "sell price", "sale price", "net price", "price per unit", "item price", "avg price",
            "price unit", "unit selling price", "unit value", "lineitem price", "iUnitPrice", "iTaxUnitPrice",
            "FPrice", "FTaxPrice", "order item product price", "valor unitário", "цена", "단가", "京东价", "preis", "einzelpreis", "stückpreis", "prix", "prix unitaire", "precio", "precio unitario",
            "preço unitário", "prezzo", "prezzo unitario", "prijs", "eenheidsprijs",
        ),
        AMOUNT,
        column(
            "list_price", "money", "list price", "标价", "Price of one unit before any discount",
            "标价", "原价", "吊牌价", "零售价", "市场价", "牌价", "目录价", "建议零售价", "list price", "msrp", "rrp", "catalog price",
            "catalogue price", "regular price", "original price", "retail price", "lineitem compare at price", "base price",
            "listenpreis", "prix catalogue", "precio de lista", "定価",
        ),
        column(
            "discount", "ratio", "discount", "折扣", "Share of the price that was let off, or the price left (8折)",
            "折扣", "折扣率", "扣率", "discount rate", "discount percent", "discount pct", "discount percentage", "disc",
            "disc pct", "unit price discount", "unit price discount pct", "kkl", "rabatt", "remise", "taux de remise",
            "descuento", "sconto", "desconto", "korting", "割引率", "割引", "iDiscountRate", "FDiscountRate",
        ),
        column(
            "discount_amount", "money", "discount amount", "优惠金额", "Money let off the line",
            "优惠金额", "折扣额", "折扣金额", "优惠", "整单优惠", "折让", "让利", "discount amount", "discount value",
            "discount total", "total discount", "coupon amount", "coupon discount", "promo discount", "retail disc", "coupon disc",
            "FDiscountAmount", "iDisCount", "割引額", "rabattbetrag", "montant remise", "importe descuento",
        ),
        column(
            "unit_cost", "money", "unit cost", "单位成本", "What one unit cost the seller",
            "单位成本", "成本单价", "成本价", "进价", "采购价", "进货价", "采购单价", "unit cost", "cost price", "cost per unit",
            "cost each", "standard cost", "product standard cost", "purchase price", "buy price", "buyprice", "item cost",
            "einkaufspreis", "prix d'achat", "prix de revient", "costo unitario", "coste unitario", "precio de coste", "原価単価",
            "仕入単価", "fUnitCost", "FCostPrice",
        ),
        column(
            "cost_amount", "money", "cost", "成本金额", "What the whole line cost the seller",
            "成本", "成本金额", "成本额", "销售成本", "总成本", "成本合计", "cost", "cost amount", "total cost", "line cost",
            "cost of goods", "cost of goods sold", "cogs", "cost of sales", "total product cost", "cost value", "kosten", "wareneinsatz",
            "coût", "cout", "coste", "costo", "custo", "原価", "売上原価", "FCostAmount", "iCost",
        ),
        column(
            "contribution", "money", "profit", "利润", "What is left of the line's amount after its cost",
            "利润", "毛利", "毛利额", "毛利润", "销售毛利", "利润额", "profit", "gross profit", "net profit", "margin", "gross margin",
            "contribution", "contribution margin", "gp", "gross profit amount", "order profit per order", "gross income", "line profit", "total profit", "margin amount",
            "margin value", "profit amount", "gewinn", "deckungsbeitrag", "rohertrag", "marge", "bénéfice", "beneficio", "margen",
            "ganancia", "utile", "lucro", "利益", "粗利", "粗利益",
        ),
        column(
            "paid_amount", "money", "paid", "实付金额", "What the buyer in fact paid for the order",
            "买家实际支付金额", "买家实付金额", "用户实付金额", "买家应付货款", "实际支付", "已付金额", "amount paid by buyer", "paid amount",
        ),
        column(
            "refund_amount", "money", "refund", "退款金额", "What was paid back",
            "退款金额", "退款", "退货金额", "退款总额", "refund amount", "refunded amount", "refund", "refunds", "returned amount",
            "refund total", "total refunded", "remboursement", "reembolso", "rückerstattung", "返金額",
        ),
        column(
            "freight", "money", "freight", "运费", "Delivery charge of the line or order",
            "运费", "邮费", "快递费", "配送费", "物流费", "freight", "freight value", "shipping cost", "shipping fee",
            "shipping charge", "shipping", "delivery fee", "delivery charge", "versandkosten", "frais de port", "送料",
        ),
        column(
            "tax_amount", "money", "tax", "税额", "Tax of the line",
            "税额", "税金", "增值税", "tax", "tax amount", "taxamt", "taxes", "vat", "vat amount", "sales tax", "gst", "iTax",
            "FTaxAmount", "mwst", "tva", "iva", "消費税",
        ),
        column(
            "currency", "text", "currency", "币种", "Currency of the money columns",
            "币种", "币别", "货币", "结算币种", "currency", "currency code", "document currency", "order currency", "curr", "waers", "transaction currency", "cexch_name",
            "FCurrencyID", "währung", "devise", "moneda", "divisa", "valuta", "moeda", "通貨",
        ),
        column(
            "line_type", "text", "document type", "单据类型", "Whether the line is a sale, a return, a cancellation or a service",
            "单据类型", "业务类型", "订单类型", "销售类型", "交易类型", "类型", "是否退货", "退货", "退货标志", "销退", "红字", "红蓝标识",
            "line type", "transaction type", "trans type", "order type", "document type", "doc type", "invoice type", "sales type",
            "is return", "returned", "return", "return flag", "is refund", "type", "record type", "sale type", "auart", "fkart",
            "cBusType", "belegart", "type de document", "tipo", "tipo de documento", "区分", "取引区分",
        ),
        column(
            "status", "text", "status", "订单状态", "State of the order: paid, closed, cancelled",
            "订单状态", "单据状态", "状态", "交易状态", "发货状态", "付款状态", "order status", "status", "state of order",
            "financial status", "fulfillment status", "invoice status", "sales status", "payment status", "stage", "stage name",
            "delivery status", "FDocumentStatus", "FCancelStatus", "auftragsstatus", "statut", "estado del pedido", "estado pedido",
            "stato", "ステータス", "注文状況",
        ),
        column(
            "channel", "text", "channel", "渠道", "Through which channel or shop the order came",
            "渠道", "销售渠道", "来源", "订单来源", "来源平台", "平台", "店铺", "店铺名称", "门店", "门店名称", "网店", "channel",
            "sales channel", "order source", "source", "source name", "store", "store name", "store id", "shop", "shop name",
            "branch", "outlet", "platform", "distribution channel", "vtweg", "order priority channel", "marketplace", "kanal",
            "vertriebsweg", "filiale", "canal", "canal de venta", "tienda", "magasin", "negozio", "loja", "チャネル", "店舗", "店舗名",
        ),
        REGION, SALES_REP,
        column(
            "department", "text", "department", "部门", "Department that made the sale",
            "部门", "销售部门", "事业部", "业务部门", "department", "sales department", "business unit", "division", "spart", "vkorg",
            "sales organization", "sales org", "cDepCode", "cDepName", "FSaleDeptId", "FDeptID", "abteilung", "departamento", "部署",
        ),
        column(
            "promised_date", "date", "promised date", "承诺交期", "The day by which delivery was promised",
            "要求交期", "承诺交期", "预计到货", "预计到货日期", "要求到货日期", "交货日期", "计划交货日期", "交期", "预计发货日期",
            "required date", "promised date", "due date", "requested delivery date", "expected delivery date",
            "estimated delivery date", "order estimated delivery date", "delivery due date", "dPreDate", "FDeliveryDate",
            "liefertermin", "wunschtermin", "fecha prevista", "fecha requerida", "納期", "希望納期",
        ),
        column(
            "delivered_date", "date", "delivery date", "发货日期", "The day on which the goods left or arrived",
            "签收时间", "签收日期", "到货日期", "实际到货日期", "发货日期", "发货时间", "出库日期", "delivered date", "delivered at",
            "delivery date", "order delivered customer date", "date delivered", "ship date", "shipdate", "shipped date",
            "shippeddate", "shipping date", "date shipped", "shipped at", "fulfilled at", "order delivered carrier date", "goods issue date",
            "dDLDate", "lieferdatum", "versanddatum", "date de livraison", "date livraison", "fecha de entrega",
            "fecha entrega", "fecha de envío", "fecha envio", "出荷日", "配送日", "納品日",
        ),
        column(
            "paid_date", "date", "paid date", "收款日期", "The day on which the customer paid",
            "收款日期", "回款日期", "付款时间", "付款日期", "支付时间", "支付日期", "订单付款时间", "到账日期", "paid date", "paid at",
            "payment date", "date paid", "order approved at", "cleared date", "zahlungsdatum", "date de paiement", "fecha de pago", "入金日",
            "支払日",
        ),
        column(
            "due_pay_date", "date", "payment due", "到期日", "The day by which payment is due",
            "到期日", "到期日期", "应收到期日", "账期", "付款到期日", "payment due date", "payment due", "invoice due date", "net due date",
            "fälligkeitsdatum", "fällig am", "date d'échéance", "échéance", "fecha de vencimiento", "vencimiento", "支払期日",
        ),
    ),
)  # fmt: skip

# Headers that stand for a column only where no better header does.
WEAK: dict[str, tuple[str, ...]] = {
    "customer_id": (
        "customer", "client", "buyer", "account", "debtor", "sold to", "sold to party", "kunde", "cliente", "客户", "顾客", "会员",
        "用户", "клиент", "고객",
    ),
    "customer_name": ("姓名", "name", "contact name", "nom", "nombre", "nome", "full name"),
    "order_date": (
        "order date key", "invoice date key", "date key", "date", "дата", "날짜", "日期", "datum", "fecha", "data", "datetime", "timestamp", "time stamp", "order day", "日付", "created at",
        "创建时间", "创建日期", "制单日期", "开票日期", "开票时间", "审核日期", "付款时间", "付款日期", "支付时间", "支付日期",
        "订单付款时间", "paid at", "时间", "created date", "creation date", "created on", "created", "created utc", "close date", "closed date", "发货日期",
        "发货时间", "出库日期", "结算日期", "记账日期",
    ),
    "order_id": ("编号", "number", "no", "nr", "num", "document", "order", "订单", "reference", "opportunity name"),
    "product_id": ("编码", "代码", "product", "产品", "商品", "produkt", "produit", "producto", "produto"),
    "product_name": ("名称", "name", "规格", "规格型号", "型号", "nom", "nombre", "nome"),
    "qty": ("count",),
    "amount": (
        "订单金额", "应收金额", "交易金额", "消费金额", "total amount", "total price", "total value", "total", "order amount",
        "order total", "order value", "invoice amount", "invoice total", "invoice value", "grand total", "total due",
        "total revenue", "amt", "amount paid", "value", "dollars", "spend", "monetary", "gesamt", "totale", "ca",
        "order total amount", "order item total", "订单实付金额", "订单应付金额", "应付金额", "结算金额", "商品总价", "合同金额", "valor total", "valor", "сумма",
        "금액", "합계", "итого", "payment value", "payment amount", "payment", "subtotal", "小计",
    ),
    "category": ("分类", "type", "group", "genre"),
    "unit_price": ("原价", "标价", "list price", "msrp"),
}  # fmt: skip

# What tells people apart where an export has neither a number nor a name of the customer.
CONTACTS = (
    "email", "email address", "customer email", "buyer email", "手机号", "手机号码", "手机", "联系电话", "收货人手机", "phone",
    "phone number", "mobile", "customer phone", "收货人姓名", "收货人", "收件人手机号", "收件人", "买家手机号", "buyer name", "mobile number", "e-mail", "telefon", "teléfono",
)  # fmt: skip

# Headers that are likely a column though nobody has listed them; the normal form of the header must match as a whole.
_WHO = r"(customer|cust|client|clnt|buyer|member|user|account|acct|shopper|debtor|consumer|loyaltycard|cardholder|patient|guest)"
_WHAT = r"(product|prod|item|article|sku|material|stock|part|goods|merchandise)"
_DEAL = r"(order|ord|invoice|inv|receipt|transaction|trans|tran|txn|trx|document|doc|bill|billing|sale|sales|so|ticket|basket|purchase|deal)"
_NUMBER = r"(id|ids|no|nr|num|number|code|key|nbr|cd|ref|reference)"
LIKELY: dict[str, str] = {
    "customer_id": rf"(sales|order|billto|soldto|shipto|sellto|unique)?{_WHO}(unique|account|master)?{_NUMBER}"
    r"|(客户|买家|会员|用户|顾客|购货单位|客商|往来单位|消费者|患者|会员卡)(的)?(唯一)?(编号|编码|号码?|代码|id|账号|卡号|标识)",
    "customer_name": rf"(sales|order|billto|soldto|shipto|sellto)?{_WHO}(full|display|company|business)?(name|nm|title)"
    r"|(客户|买家|会员|用户|顾客|购货单位|客商|往来单位|购买方|采购方|经销商|门店客户)(单位)?(名称|名|姓名|全称|简称)|经销商",
    "order_id": rf"(sales|customer|web|parent|source|original)?{_DEAL}{_NUMBER}"
    r"|(销售|原始|平台|网店|外部|商城)?(订单|单据|发票|小票|交易|流水|出库单|销售单|合同)(编号|编码|号码?|id|单号|流水号)",
    "order_date": rf"(sales|customer)?{_DEAL}(placed|created|posting|creation)?(date|dt|dat|day|datetime|timestamp|time|ts|on|at)(utc|local)?"
    r"|(订单|下单|销售|成交|交易|购买|购药|消费|单据|业务|结账|出票|签单|拍下)(创建|提交|生成|完成|发生)?(日期|时间|日)",
    "product_id": rf"{_WHAT}(variant|master|stock|card)?{_NUMBER}"
    r"|(商品|产品|货品|物料|存货|品项|药品|服务|单品|宝贝)(的)?(编号|编码|号码?|代码|id|货号|条码)",
    "product_name": rf"{_WHAT}(full|short|long|display)?(name|nm|desc|description|title|detail|text)"
    r"|(商品|产品|货品|物料|存货|品项|药品|服务|单品|宝贝)(全)?(名称|名|标题|描述|简称)",
    "category": rf"({_WHAT}|main|parent|top|level1|l1)(category|cat|group|family|line|class|type|dept|department)(name|desc)?1?"
    r"|(商品|产品|货品|物料|存货|药品|一级|父级)(大)?(分类|类别|品类|类目|种类)(名称)?",
    "qty": r"(total|tot|net|line|prod|product|item|order|ordered|sold|sales|shipped|delivered|invoiced|billed|purchased|transaction)*"
    r"(qty|quantity|units|pieces|pcs)(sold|ordered|shipped|delivered|invoiced|billed|purchased)?"
    r"|(商品|产品|销售|订购|购买|采购|订单|出库|发货|实际|成交)*(数量|件数|销量)",
    "unit_price": r"(net|gross|item|product|prod|sales|selling|sell|unit|avg|average|final|actual|retail)*(price|rate)(perunit|peritem|each|unit)?"
    r"|(商品|产品|销售|成交|实际|优惠后|折后|平均)*(单价|售价|价格)",
    "amount": r"(line|net|tot|total|item|ext|extended|sales|order|invoice|transaction|purchase|product|actual)*"
    r"(sales|revenue|turnover|amount|amt|subtotal|value)(net|total|local|lc|usd|eur|gbp|cny|rmb|base)?"
    r"|(商品|产品|销售|成交|实际|实付|实收|折后|订单|交易|消费)+(总)?(金额|总额|收入|额)",
    "sales_rep": r"(assigned|account|sales|key)?(rep|salesrep|salesperson|representative|seller|manager|agent|owner)(name|id|code)?"
    r"|(销售|业务|客户|区域)(负责人|经理|代表|专员|顾问|人员)(名称|姓名)?",
    "delivered_date": r"(actual)?(delivery|delivered|ship|shipped|shipping|shipment|dispatch)(date|dt|time|on|at)",
}

# An export whose headers mean something else than in general; the first header is its mark.
EXPORTS: dict[str, dict[str, str | None]] = {
    "lineitem price": {  # Shopify: the totals of an order stand on its first line
        "name": "order_id", "email": "customer_id", "billing name": "customer_name", "created at": "order_date",
        "total": None, "subtotal": None, "discount amount": None, "shipping": None, "taxes": None, "id": None,
        "refunded amount": None,
    },
    "product subclass": {"amount": "qty", "sales price": "amount", "asset": "cost_amount"},  # Ta Feng grocery
}  # fmt: skip

PRODUCTS = Table(
    "products", "one product", ("product_id",),
    (
        PRODUCT_ID, PRODUCT_NAME, CATEGORY,
        column("category_id", "text", "category number", "品类编号", "Key into the table of categories",
                "品类编号", "品类编码", "类别编码", "分类编码", "分类编号", "category no", "category key", "product category id",
                "product category key", "product subcategory key"),
        column("unit", "text", "unit", "单位", "Unit of measure", "单位", "计量单位", "uom", "unit of measure", "quantity per unit"),
        column("unit_cost", "money", "unit cost", "单位成本", "What one unit cost the seller",
                *ORDERS.by_name["unit_cost"].aliases[1:], *ORDERS.by_name["cost_amount"].aliases[1:]),
        column("list_price", "money", "list price", "标价", "Price of one unit before any discount",
                *ORDERS.by_name["list_price"].aliases[1:], "单价", "售价", "销售价", "价格", "unit price", "price",
                "selling price", "retail price", "current price", "preis", "prix", "precio"),
        column("durable", "bool", "durable", "耐用品", "Whether it is bought once for long use", "耐用品", "是否耐用"),
        column("shelf_life_days", "float", "shelf life", "保质期", "Days it keeps", "保质期", "保质期天数", "shelf life"),
        column("launch_date", "date", "launch date", "上市日期", "The day it came to market", "上市日期", "上架日期",
                "launch date", "start date", "sell start date", "introduced", "date added"),
        column("complements", "text", "goes with", "搭配品", "Products it is used with", "搭配品", "配套产品"),
    ),
)  # fmt: skip

_CITY = column("city", "text", "city", "城市", "City", "城市", "市", "所在城市", "customer city", "stadt", "ville", "ciudad")

CUSTOMERS = Table(
    "customers", "one customer", ("customer_id",),
    (
        CUSTOMER_ID, CUSTOMER_NAME, INDUSTRY, _CITY,
        column("person_id", "text", "person", "唯一客户编号", "One number for a customer who is listed under several",
               "唯一客户编号", "唯一客户ID", "统一客户编号", "合并客户编号", "customer unique id", "unique customer id",
               "master customer id", "golden customer id"),
        replace(REGION, aliases=tuple(alias for alias in REGION.aliases if alias not in _CITY.aliases)),
        column("group_id", "text", "group", "集团", "The company group it belongs to", "集团", "所属集团", "集团编码",
                "group id", "parent account", "parent account id", "parent customer", "holding"),
        column("size", "text", "size", "规模", "Employees, or a band of size", "规模", "人数", "员工人数", "企业规模",
                "company size", "employees", "number of employees", "headcount"),
        column("registered_on", "date", "registered on", "注册日期", "The day the customer became known", "注册日期", "注册时间",
                "建档日期", "建档时间", "开户日期", "入会日期", "入会时间", "registration date", "registered at", "signup date",
                "sign up date", "join date", "joined", "enrolled on", "customer since", "created at", "created date"),
        column("channel", "text", "channel", "渠道", "Through which channel it came", "渠道", "来源", "客户来源", "lead source",
                "acquisition channel", "source"),
        SALES_REP,
        column("price_list", "text", "price list", "价格表", "Price list that applies", "价格表", "价格等级", "price list",
                "price group", "pricelist"),
        column("consent", "bool", "consent", "同意联系", "May be contacted", "同意联系", "营销同意", "consent", "opt in",
                "marketing consent", "accepts marketing"),
    ),
)  # fmt: skip

CATEGORIES = Table(
    "categories", "one product category", ("category_id",),
    (
        PRODUCTS.by_name["category_id"],
        column("category", "text", "category", "品类", "Name of the category", *CATEGORY.aliases[1:], "名称", "name", "description"),
    ),
)  # fmt: skip

RETURNED_ORDERS = Table(
    "returned_orders", "one order that came back, listed as often as the export lists it", ("file_no", "row_no"),
    (
        ORDER_ID,
        column("returned", "text", "returned", "退回", "Says that the order came back", "退回", "退货", "是否退货", "是否退回",
                "退货标志", "returned", "return", "is returned", "return status"),
        column("return_date", "date", "return date", "退货日期", "The day it came back", "退货日期", "退回日期", "return date",
                "returned at", "date returned"),
        column("reason", "text", "reason", "退货原因", "Why it came back", "退货原因", "退回原因", "reason", "return reason"),
    ),
)  # fmt: skip
