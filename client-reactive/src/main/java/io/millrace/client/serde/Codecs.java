package io.millrace.client.serde;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.EncodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * The usual codecs. Their bytes are those of the serializers of the same name that come with Kafka, so that both sides of a
 * topic need not use the same client. All are immutable and free to share.
 */
public final class Codecs {

    /** UTF-8. Bytes that are not valid UTF-8 are refused. */
    public static final Codec<String> STRING = new Text();

    /** The array as it is. What is decoded is a copy. */
    public static final Codec<byte[]> BYTES = codec(
            (value, out) -> out.writeBytes(value),
            in -> ByteBufUtil.getBytes(in, in.readerIndex(), in.readableBytes()));

    /** A buffer of Vert.x as it is. What is decoded is a copy. */
    public static final Codec<Buffer> BUFFER = codec(
            (value, out) -> out.writeBytes(value.getBytes()),
            in -> Buffer.buffer(ByteBufUtil.getBytes(in, in.readerIndex(), in.readableBytes())));

    /** 2 bytes, the highest first. */
    public static final Codec<Short> SHORT =
            fixed("a short", Short.BYTES, (value, out) -> out.writeShort(value), ByteBuf::readShort);

    /** 4 bytes, the highest first. */
    public static final Codec<Integer> INT =
            fixed("an int", Integer.BYTES, (value, out) -> out.writeInt(value), ByteBuf::readInt);

    /** 8 bytes, the highest first. */
    public static final Codec<Long> LONG =
            fixed("a long", Long.BYTES, (value, out) -> out.writeLong(value), ByteBuf::readLong);

    /** 4 bytes of IEEE 754, the highest first. */
    public static final Codec<Float> FLOAT =
            fixed("a float", Float.BYTES, (value, out) -> out.writeFloat(value), ByteBuf::readFloat);

    /** 8 bytes of IEEE 754, the highest first. */
    public static final Codec<Double> DOUBLE =
            fixed("a double", Double.BYTES, (value, out) -> out.writeDouble(value), ByteBuf::readDouble);

    /** The 36 characters of its text, as in Kafka: not 16 bytes. */
    public static final Codec<UUID> UUID = codec((value, out) -> STRING.encode(value.toString(), out), Codecs::uuid);

    /** A JSON object in UTF-8. */
    public static final Codec<JsonObject> JSON = codec(Codecs::writeJson, Codecs::readJson);

    /** For topics without keys, or without values: there is only null, and every byte is refused. */
    public static final Codec<Void> VOID = codec(
            (value, out) -> {
                throw new CodecException("there is no value but null");
            },
            in -> {
                throw new CodecException(in.readableBytes() + " bytes where there should be null");
            });

    private Codecs() {}

    /** A codec of two functions, which keep to what {@link Codec} says. */
    public static <T> Codec<T> codec(BiConsumer<T, ByteBuf> encode, Function<ByteBuf, T> decode) {
        return new Codec<>() {
            @Override
            public void encode(T value, ByteBuf out) {
                encode.accept(value, out);
            }

            @Override
            public T decode(ByteBuf in) {
                return decode.apply(in);
            }
        };
    }

    private static <T> Codec<T> fixed(
            String name, int sizeBytes, BiConsumer<T, ByteBuf> encode, Function<ByteBuf, T> decode) {
        return codec(encode, in -> {
            if (in.readableBytes() != sizeBytes) {
                throw new CodecException(name + " has " + sizeBytes + " bytes, and not " + in.readableBytes());
            }
            return decode.apply(in);
        });
    }

    private static UUID uuid(ByteBuf in) {
        String text = STRING.decode(in);
        try {
            return java.util.UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new CodecException("a text of " + text.length() + " characters that is no UUID", e);
        }
    }

    private static void writeJson(JsonObject value, ByteBuf out) {
        try {
            out.writeBytes(value.toBuffer().getBytes());
        } catch (EncodeException e) {
            throw new CodecException("the object has no form as JSON: " + e.getMessage(), e);
        }
    }

    private static JsonObject readJson(ByteBuf in) {
        try {
            return new JsonObject(BUFFER.decode(in));
        } catch (DecodeException | ClassCastException e) {
            throw new CodecException(in.readableBytes() + " bytes that are no JSON object", e);
        }
    }

    /** Text without a copy in between. */
    private static final class Text implements Codec<String> {
        @Override
        public void encode(String value, ByteBuf out) {
            ByteBufUtil.writeUtf8(out, value);
        }

        @Override
        public String decode(ByteBuf in) {
            if (!ByteBufUtil.isText(in, StandardCharsets.UTF_8)) {
                throw new CodecException(in.readableBytes() + " bytes that are no UTF-8");
            }
            return in.toString(StandardCharsets.UTF_8);
        }
    }
}
