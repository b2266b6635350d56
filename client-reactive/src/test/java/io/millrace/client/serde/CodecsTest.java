package io.millrace.client.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.junit.jupiter.api.Test;

class CodecsTest {

    @Test
    void bytesAreThoseOfKafka() {
        sameAsKafka(
                Codecs.STRING,
                Serdes.String(),
                List.of("", "a", "grüße", "日本語", "\uD83D\uDE00 smile", "x".repeat(70_000)));
        sameAsKafka(Codecs.SHORT, Serdes.Short(), List.of((short) 0, Short.MIN_VALUE, Short.MAX_VALUE));
        sameAsKafka(Codecs.INT, Serdes.Integer(), List.of(0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE));
        sameAsKafka(Codecs.LONG, Serdes.Long(), List.of(0L, -1L, Long.MIN_VALUE, Long.MAX_VALUE));
        sameAsKafka(Codecs.FLOAT, Serdes.Float(), List.of(0f, -1.5f, Float.MIN_VALUE, Float.NaN));
        sameAsKafka(Codecs.DOUBLE, Serdes.Double(), List.of(0d, -1.5, Double.MAX_VALUE, Double.POSITIVE_INFINITY));
        sameAsKafka(Codecs.UUID, Serdes.UUID(), List.of(new UUID(0, 0), new UUID(-1, 5)));
    }

    @Test
    void bytesGoThroughUnchanged() {
        byte[] bytes = {0, -1, 127, -128};
        assertThat(Codecs.BYTES.decode(encoded(Codecs.BYTES, bytes))).isEqualTo(bytes);
        assertThat(Codecs.BUFFER.decode(encoded(Codecs.BUFFER, Buffer.buffer(bytes))))
                .isEqualTo(Buffer.buffer(bytes));
    }

    @Test
    void decodedBytesAreACopy() {
        ByteBuf in = encoded(Codecs.BYTES, new byte[] {1, 2});
        byte[] decoded = Codecs.BYTES.decode(in);
        in.setByte(0, 9);
        assertThat(decoded).containsExactly(1, 2);
    }

    @Test
    void jsonComesBack() {
        JsonObject json = new JsonObject().put("name", "ü").put("of", new JsonObject().put("n", 1));
        assertThat(Codecs.JSON.decode(encoded(Codecs.JSON, json))).isEqualTo(json);
    }

    @Test
    void whatIsNoValueIsRefusedWithAReason() {
        refused(Codecs.INT, new byte[3], "an int has 4 bytes, and not 3");
        refused(Codecs.LONG, new byte[9], "a long has 8 bytes, and not 9");
        refused(Codecs.STRING, new byte[] {(byte) 0xc3}, "1 bytes that are no UTF-8");
        refused(Codecs.UUID, "hello".getBytes(StandardCharsets.UTF_8), "a text of 5 characters that is no UUID");
        refused(Codecs.JSON, "[1]".getBytes(StandardCharsets.UTF_8), "no JSON object");
        refused(Codecs.JSON, "{".getBytes(StandardCharsets.UTF_8), "no JSON object");
        refused(Codecs.VOID, new byte[1], "1 bytes where there should be null");
    }

    @Test
    void writesBehindWhatIsThere() {
        ByteBuf out = Unpooled.buffer().writeByte(7);
        Codecs.STRING.encode("ab", out);
        Codecs.INT.encode(1, out);
        assertThat(ByteBufUtil.hexDump(out)).isEqualTo("07616200000001");
    }

    private static <T> void refused(Codec<T> codec, byte[] bytes, String reason) {
        assertThatThrownBy(() -> codec.decode(Unpooled.wrappedBuffer(bytes)))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining(reason);
    }

    private static <T> ByteBuf encoded(Codec<T> codec, T value) {
        ByteBuf out = Unpooled.buffer();
        codec.encode(value, out);
        return out;
    }

    private static <T> void sameAsKafka(Codec<T> codec, Serde<T> kafka, List<T> values) {
        for (T value : values) {
            byte[] theirs = kafka.serializer().serialize("topic", value);
            assertThat(ByteBufUtil.getBytes(encoded(codec, value))).isEqualTo(theirs);
            assertThat(codec.decode(Unpooled.wrappedBuffer(theirs))).isEqualTo(value);
        }
    }
}
