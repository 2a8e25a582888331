// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/op_table.h"
#include "tests/support/sentence.h"

#include <QTest>
#include <limits>
#include <set>

using namespace core;

namespace {

OnnxAttributes attributes(std::vector<std::pair<std::string, OnnxAttributes::Item>> items, int version = 17)
{
    OnnxAttributes result(version);
    for (auto& [name, item] : items)
        result.set(name, std::move(item));
    return result;
}

template <typename T> T parse(OpKind kind, const OnnxAttributes& from)
{
    return std::get<T>(opRow(kind)->parse(from));
}

using Integers = std::vector<std::int64_t>;

} // namespace

class TstOpAttributes : public QObject {
    Q_OBJECT

private slots:
    void everyOperatorHasOneRow();
    void defaultsFollowTheVersion();
    void readsWhatIsThere();
    void constantsOfAllForms();
    void refuses_data();
    void refuses();
    void refusesOfOtherDomains_data();
    void refusesOfOtherDomains();
    void refusesPools_data();
    void refusesPools();
};

void TstOpAttributes::everyOperatorHasOneRow()
{
    std::set<OpKind> kinds;
    for (const OpRow& row : opRows()) {
        QVERIFY2(kinds.insert(row.kind).second, std::string(row.name).c_str());
        QCOMPARE(row.name, opName(row.kind));
        QVERIFY(row.parse && row.infer && !row.loop != !row.produce);
        QVERIFY(row.since >= 1 && row.minInputs >= 0 && row.maxOutputs != 0);
    }
    // Range is the last of the enumeration, Unknown the first.
    for (int kind = 1; kind <= static_cast<int>(OpKind::Range); ++kind)
        QVERIFY2(opRow(static_cast<OpKind>(kind)), std::string(opName(static_cast<OpKind>(kind))).c_str());
    QVERIFY(!opRow(OpKind::Unknown));
}

void TstOpAttributes::defaultsFollowTheVersion()
{
    const auto older = parse<AxisAttributes>(OpKind::Softmax, attributes({}, 12));
    QCOMPARE(older.axis, 1);
    QVERIFY(older.flattened);
    const auto newer = parse<AxisAttributes>(OpKind::Softmax, attributes({}, 13));
    QCOMPARE(newer.axis, -1);
    QVERIFY(!newer.flattened);
    QCOMPARE(parse<ActivationAttributes>(OpKind::LeakyRelu, attributes({})).alpha, 0.01F);
    QCOMPARE(parse<ActivationAttributes>(OpKind::HardSigmoid, attributes({})).beta, 0.5F);
    QCOMPARE(parse<ActivationAttributes>(OpKind::Selu, attributes({})).beta, 1.05070102F);
    QCOMPARE(parse<ActivationAttributes>(OpKind::Clip, attributes({})).alpha,
        std::numeric_limits<float>::lowest());
    QCOMPARE(parse<GemmAttributes>(OpKind::Gemm, attributes({})).beta, 1.0F);
    QVERIFY(parse<AxesAttributes>(OpKind::ReduceMean, attributes({})).keepDims);
    QVERIFY(!parse<AxesAttributes>(OpKind::ReduceMean, attributes({})).axes);
    QCOMPARE(parse<AxisAttributes>(OpKind::Flatten, attributes({})).axis, 1);
}

void TstOpAttributes::readsWhatIsThere()
{
    const auto conv = parse<ConvAttributes>(OpKind::Conv,
        attributes({ { "auto_pad", std::string("SAME_LOWER") }, { "strides", Integers { 2, 1 } },
            { "pads", Integers { 1, 2, 3, 4 } }, { "group", std::int64_t { 4 } } }));
    QCOMPARE(conv.autoPad, AutoPad::SameLower);
    QCOMPARE(conv.strides, (Integers { 2, 1 }));
    QCOMPARE(conv.pads, (Integers { 1, 2, 3, 4 }));
    QCOMPARE(conv.group, 4);
    const auto slice = parse<AxesAttributes>(OpKind::Slice,
        attributes(
            { { "axes", Integers { 1 } }, { "starts", Integers { 2 } }, { "ends", Integers { 3 } } }, 9));
    QCOMPARE(slice.axes.value(), Integers { 1 });
    QCOMPARE(slice.ends, Integers { 3 });
    QCOMPARE(parse<CastAttributes>(OpKind::Cast, attributes({ { "to", std::int64_t { 10 } } })).to,
        ElementType::Float16);
    // A float8 that ElementType has no word for, and a number that only looks like one.
    QCOMPARE(parse<CastAttributes>(OpKind::Cast, attributes({ { "to", std::int64_t { 17 } } })).to,
        ElementType::Undefined);
    QCOMPARE(parse<CastAttributes>(OpKind::Cast, attributes({ { "to", (std::int64_t { 1 } << 32) + 1 } })).to,
        ElementType::Undefined);
}

void TstOpAttributes::constantsOfAllForms()
{
    const auto value = [](const char* name, OnnxAttributes::Item item) {
        return parse<ConstantAttributes>(OpKind::Constant, attributes({ { name, std::move(item) } })).value;
    };
    QCOMPARE(value("value_int", std::int64_t { 7 })->as<std::int64_t>()[0], 7);
    QCOMPARE(value("value_float", 1.5F)->shape(), Shape {});
    QCOMPARE(value("value_ints", Integers { 7, 8 })->shape(), Shape { 2 });
    QCOMPARE(value("value_floats", std::vector<float> { 1, 2, 3 })->as<float>()[2], 3.0F);
    const auto tensor = std::make_shared<const Tensor>(ElementType::Bool, Shape { 3 });
    QCOMPARE(value("value", tensor), tensor);
    QVERIFY(!value("value_string", std::string("text"))); // its shape rule refuses it
    QCOMPARE(parse<ConstantAttributes>(OpKind::ConstantOfShape, attributes({})).value->as<float>()[0], 0.0F);
}

void TstOpAttributes::refuses_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<OnnxAttributes>("from");
    QTest::addColumn<QString>("predicate");
    const auto row = [](OpKind kind, const char* name, OnnxAttributes::Item item, const char* predicate) {
        QTest::newRow(predicate) << static_cast<int>(kind) << attributes({ { name, std::move(item) } })
                                 << predicate;
    };
    const std::int64_t one = 1;
    row(OpKind::Conv, "strides", Integers { 1, 0 }, "has 0 in \"strides\", expected 1 to 2147483647.");
    row(OpKind::Conv, "pads", Integers { 0, -1 }, "has -1 in \"pads\", expected 0 to 2147483647.");
    row(OpKind::Conv, "dilations", Integers { 1LL << 31 },
        "has 2147483648 in \"dilations\", expected 1 to 2147483647.");
    row(OpKind::Conv, "group", std::int64_t { 0 }, "has group 0, expected 1 or more.");
    row(OpKind::Conv, "auto_pad", std::string("SAME"),
        "has auto_pad \"SAME\", expected NOTSET, SAME_UPPER, SAME_LOWER or VALID.");
    row(OpKind::MaxPool, "strides", Integers { 1 }, "has no \"kernel_shape\".");
    row(OpKind::Gelu, "approximate", std::string("sigmoid"),
        "has approximate \"sigmoid\", expected none or tanh.");
    row(OpKind::Concat, "other", one, "has no \"axis\".");
    row(OpKind::Split, "num_outputs", std::int64_t { -2 }, "has num_outputs -2, expected 1 or more.");
    row(OpKind::Pad, "mode", std::string("mirror"),
        "has mode \"mirror\", expected constant, reflect, edge or wrap.");
    row(OpKind::Resize, "mode", std::string("lanczos"),
        "has mode \"lanczos\", expected nearest, linear, cubic.");
    const std::int64_t none = 0, less = -1;
    row(OpKind::GlobalLpPool, "p", none, "has p 0, expected 1 or more.");
    row(OpKind::DeformConv, "offset_group", none, "has offset_group 0, expected 1 or more.");
    row(OpKind::GroupNormalization, "num_groups", none, "has num_groups 0, expected 1 or more.");
    row(OpKind::LRN, "size", none, "has size 0, expected 1 or more.");
    row(OpKind::QuantizeLinear, "block_size", less, "has block_size -1, expected 0 or more.");
    row(OpKind::RoiAlign, "output_height", none, "makes regions of 0 by 1.");
    row(OpKind::RoiAlign, "sampling_ratio", less, "has sampling_ratio -1, expected 0 to 1024.");
    row(OpKind::MaxRoiPool, "pooled_shape", Integers { 2 },
        "has a \"pooled_shape\" of 1 numbers, expected 2.");
    row(OpKind::Attention, "qk_matmul_output_mode", std::int64_t { 4 },
        "has qk_matmul_output_mode 4, expected 0 to 3.");
    row(OpKind::Attention, "q_num_heads", less, "has -1 heads of queries and 0 of keys.");
    row(OpKind::RotaryEmbedding, "rotary_embedding_dim", std::int64_t { 3 },
        "rotates 3 elements of 0 heads.");
    row(OpKind::LinearAttention, "q_num_heads", one, "has 1 heads of queries and 0 of keys.");
    row(OpKind::FlexAttention, "softmax_precision", std::int64_t { 7 },
        "has softmax_precision 7, which is no floating-point type.");
    row(OpKind::GRU, "activations", std::vector<std::string> { "Sigmoid", "Cosine" },
        "has the activation \"Cosine\", which is none of ONNX's.");
    row(OpKind::LSTM, "activations", std::vector<std::string> { "tanh" }, "has 1 activations, expected 3.");
    row(OpKind::RNN, "activations", one,
        "has an attribute \"activations\" of the wrong type, expected strings.");
    row(OpKind::ConstantOfShape, "value", std::make_shared<const Tensor>(ElementType::Float32, Shape { 2 }),
        "has a \"value\" of 2 elements, expected 1.");
    row(OpKind::BitShift, "direction", std::string("UP"), "has direction \"UP\", expected LEFT or RIGHT.");
    row(OpKind::BitShift, "any", one, "has no \"direction\".");
    row(OpKind::TfIdfVectorizer, "mode", std::string("TF"), "has no \"min_gram_length\".");
    row(OpKind::Gemm, "alpha", one, "has an attribute \"alpha\" of the wrong type, expected a number.");
    row(OpKind::Gemm, "transA", 1.0F, "has an attribute \"transA\" of the wrong type, expected an integer.");
    row(OpKind::Conv, "pads", one, "has an attribute \"pads\" of the wrong type, expected integers.");
    row(OpKind::Pad, "mode", one, "has an attribute \"mode\" of the wrong type, expected a string.");
    row(OpKind::Constant, "value", one, "has an attribute \"value\" of the wrong type, expected a tensor.");
    row(OpKind::Constant, "value_floats", one,
        "has an attribute \"value_floats\" of the wrong type, expected numbers.");
}

void TstOpAttributes::refuses()
{
    QFETCH(int, kind);
    QFETCH(OnnxAttributes, from);
    QFETCH(QString, predicate);
    const auto* row = opRow(static_cast<OpKind>(kind));
    QCOMPARE(QString::fromStdString(support::sentenceOf([&] { row->parse(from); })), predicate);
}

void TstOpAttributes::refusesOfOtherDomains_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<OnnxAttributes>("from");
    QTest::addColumn<QString>("predicate");
    using Items = std::vector<std::pair<std::string, OnnxAttributes::Item>>;
    const auto row = [](OpKind kind, Items items, const char* predicate) {
        QTest::newRow(predicate) << static_cast<int>(kind) << attributes(std::move(items), 1) << predicate;
    };
    const std::int64_t one = 1, block = 32;
    const Items weights { { "K", one }, { "N", one }, { "block_size", block } };
    const auto with = [&](const char* name, std::int64_t value) {
        Items items = weights;
        items.emplace_back(name, value);
        return items;
    };
    row(OpKind::MatMulNBits, with("bits", 3), "has bits 3, expected 2, 4 or 8.");
    row(OpKind::MatMulNBits, with("block_size", 24),
        "has block_size 24, expected a power of two from 16 on.");
    row(OpKind::MatMulNBits, with("N", 0), "has weights of 1 by 0.");
    row(OpKind::MatMulNBits, with("weight_prepacked", 1), "has weights that are packed for one device.");
    row(OpKind::MsAttention, {}, "has num_heads 0, expected 1 or more.");
    row(OpKind::MsAttention, { { "num_heads", one }, { "do_rotary", one } },
        "rotates queries and keys by itself, which is not supported.");
    row(OpKind::MsAttention, { { "num_heads", one }, { "past_present_share_buffer", one } },
        "shares the memory of past and present, which is not supported.");
    row(OpKind::MsRotaryEmbedding, { { "num_heads", -one } }, "rotates 0 elements of -1 heads.");
    row(OpKind::MsRotaryEmbedding, { { "is_packed_batching", one } },
        "has sequences packed behind each other, which is not supported.");
    row(OpKind::MsFusedConv, { { "activation", std::string("Swish") } },
        "has the activation \"Swish\", which is none of ONNX's.");
}

void TstOpAttributes::refusesOfOtherDomains()
{
    refuses();
}

void TstOpAttributes::refusesPools_data()
{
    QTest::addColumn<OnnxAttributes>("given");
    const auto row = [](const char* predicate, std::pair<std::string, OnnxAttributes::Item> change) {
        auto given = attributes({ { "mode", std::string("TF") }, { "min_gram_length", std::int64_t { 1 } },
            { "max_gram_length", std::int64_t { 2 } }, { "max_skip_count", std::int64_t { 0 } },
            { "ngram_counts", Integers { 0, 2 } }, { "ngram_indexes", Integers { 0, 1, 2 } },
            { "pool_int64s", Integers { 5, 6, 5, 6 } } });
        given.set(change.first, change.second);
        QTest::newRow(predicate) << given;
    };
    const std::int64_t three = 3, negative = -1;
    row("", { "mode", std::string("IDF") });
    row("has no n-grams of numbers.", { "pool_int64s", Integers {} });
    row("counts n-grams of 1 to 3 elements, and its pool has those of 1 to 2.", { "max_gram_length", three });
    row("has n-grams of 2 elements from 1 to 4 of its pool of 4.", { "ngram_counts", Integers { 0, 1 } });
    row("has 2 outputs and 0 weights for 3 n-grams.", { "ngram_indexes", Integers { 0, 1 } });
    row("has 3 outputs and 1 weights for 3 n-grams.", { "weights", std::vector<float> { 1 } });
    row("counts an n-gram in output -1.", { "ngram_indexes", Integers { 0, 1, -1 } });
    row("skips -1 elements, expected 0 or more.", { "max_skip_count", negative });
}

void TstOpAttributes::refusesPools()
{
    QFETCH(OnnxAttributes, given);
    const std::string sentence = support::sentenceOf([&] { opRow(OpKind::TfIdfVectorizer)->parse(given); });
    QCOMPARE(QString::fromStdString(sentence), QString(QTest::currentDataTag()));
}

QTEST_GUILESS_MAIN(TstOpAttributes)
#include "tst_op_attributes.moc"
