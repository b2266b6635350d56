package io.millrace.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads the primitives of the Kafka protocol from a buffer, whose reader index it moves. Every length is checked
 * against what is there and against the limits before anything is allocated. Bad bytes give a {@link WireException} and
 * nothing else. Owned by: the thread that owns the buffer.
 *
 * <p>{@code flexible} chooses the compact encodings of KIP-482: lengths are unsigned varints, one too large, so that 0
 * stands for null.
 */
public final class WireReader {

    /** Kafka's bound on strings in both encodings: what the old 2-byte length can say. */
    static final int STRING_BYTES_MAX = Short.MAX_VALUE;

    private static final char REPLACEMENT = '\uFFFD';
    private static final int UUID_BYTES = 16;
    private static final int VARINT_BITS_MAX = 28;

    private final ByteBuf buffer;
    private final WireLimits limits;
    private int elements;

    public WireReader(ByteBuf buffer, WireLimits limits) {
        this.buffer = buffer;
        this.limits = limits;
    }

    /** Reads one element of an array. */
    @FunctionalInterface
    public interface ElementReader<T> {
        T read(WireReader in);
    }

    /** Reads one structure, whose fields depend on the version. */
    @FunctionalInterface
    public interface StructReader<T> {
        T read(WireReader in, short version);
    }

    /** Bytes after the last one that was read. */
    public int remaining() {
        return buffer.readableBytes();
    }

    /** Elements of arrays and tagged fields that were announced so far: what the message costs beyond its bytes. */
    public int elementCount() {
        return elements;
    }

    /** @throws WireException if bytes are left: the message was longer than its schema */
    public void expectEnd() {
        if (buffer.isReadable()) {
            throw new WireException(remaining() + " bytes follow the end of the message");
        }
    }

    public boolean readBoolean() {
        return readByte() != 0;
    }

    public byte readByte() {
        need(null, Byte.BYTES);
        return buffer.readByte();
    }

    public short readShort() {
        need(null, Short.BYTES);
        return buffer.readShort();
    }

    public int readUnsignedShort() {
        need(null, Short.BYTES);
        return buffer.readUnsignedShort();
    }

    public int readInt() {
        need(null, Integer.BYTES);
        return buffer.readInt();
    }

    public long readUnsignedInt() {
        need(null, Integer.BYTES);
        return buffer.readUnsignedInt();
    }

    public long readLong() {
        need(null, Long.BYTES);
        return buffer.readLong();
    }

    public double readDouble() {
        need(null, Double.BYTES);
        return buffer.readDouble();
    }

    public UUID readUuid() {
        need(null, UUID_BYTES);
        return Uuids.read(buffer);
    }

    /** A 32-bit number in one to five bytes, the lowest seven bits first. */
    public int readUnsignedVarint() {
        int value = 0;
        for (int shift = 0; shift <= VARINT_BITS_MAX; shift += 7) {
            byte next = readByte();
            value |= (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new WireException("a varint before byte " + buffer.readerIndex() + " is longer than 5 bytes");
    }

    public String readString(String field, boolean flexible) {
        return notNull(field, readNullableString(field, flexible));
    }

    public @Nullable String readNullableString(String field, boolean flexible) {
        int length = flexible ? readUnsignedVarint() - 1 : readShort();
        if (isNull(field, length)) {
            return null;
        }
        if (length > STRING_BYTES_MAX) {
            throw WireException.overLimit(field, length, "bytes", STRING_BYTES_MAX);
        }
        need(field, length);
        return length == 0 ? "" : readUtf8(field, length);
    }

    /** What cannot be decoded becomes U+FFFD, which is almost never meant: only then is it worth looking at the bytes again. */
    private String readUtf8(String field, int length) {
        int at = buffer.readerIndex();
        String text = buffer.readCharSequence(length, StandardCharsets.UTF_8).toString();
        if (text.indexOf(REPLACEMENT) >= 0 && !ByteBufUtil.isText(buffer, at, length, StandardCharsets.UTF_8)) {
            throw new WireException(field + " at byte " + at + " is not valid UTF-8");
        }
        return text;
    }

    /** A slice of the buffer, not retained. */
    public ByteBuf readBytes(String field, boolean flexible) {
        return notNull(field, readNullableBytes(field, flexible));
    }

    /** A slice of the buffer, not retained. */
    public @Nullable ByteBuf readNullableBytes(String field, boolean flexible) {
        int length = readLength(flexible);
        if (isNull(field, length)) {
            return null;
        }
        need(field, length);
        return buffer.readSlice(length);
    }

    /** A slice of the buffer, not retained. */
    public Records readRecords(String field, boolean flexible) {
        return new BufferRecords(readBytes(field, flexible));
    }

    /** A slice of the buffer, not retained. */
    public @Nullable Records readNullableRecords(String field, boolean flexible) {
        ByteBuf bytes = readNullableBytes(field, flexible);
        return bytes == null ? null : new BufferRecords(bytes);
    }

    public <T> List<T> readList(String field, boolean flexible, ElementReader<T> reader) {
        return notNull(field, readNullableList(field, flexible, reader));
    }

    public <T> @Nullable List<T> readNullableList(String field, boolean flexible, ElementReader<T> reader) {
        int length = readArrayLength(field, flexible);
        if (length < 0) {
            return null;
        }
        List<T> list = new ArrayList<>(Math.min(length, limits.arrayCapacityMax()));
        for (int i = 0; i < length; i++) {
            list.add(reader.read(this));
        }
        return list;
    }

    public <T> List<T> readList(String field, boolean flexible, short version, StructReader<T> reader) {
        return notNull(field, readNullableList(field, flexible, version, reader));
    }

    public <T> @Nullable List<T> readNullableList(
            String field, boolean flexible, short version, StructReader<T> reader) {
        int length = readArrayLength(field, flexible);
        if (length < 0) {
            return null;
        }
        List<T> list = new ArrayList<>(Math.min(length, limits.arrayCapacityMax()));
        for (int i = 0; i < length; i++) {
            list.add(reader.read(this, version));
        }
        return list;
    }

    public List<String> readStringList(String field, boolean flexible) {
        return notNull(field, readNullableStringList(field, flexible));
    }

    public @Nullable List<String> readNullableStringList(String field, boolean flexible) {
        int length = readArrayLength(field, flexible);
        if (length < 0) {
            return null;
        }
        List<String> list = new ArrayList<>(Math.min(length, limits.arrayCapacityMax()));
        for (int i = 0; i < length; i++) {
            list.add(readString(field, flexible));
        }
        return list;
    }

    /** A structure behind a byte that is negative if there is none. */
    public <T> @Nullable T readNullable(short version, StructReader<T> reader) {
        return readByte() < 0 ? null : reader.read(this, version);
    }

    /** A structure in a tagged field, behind a number that is 0 if there is none. */
    public <T> @Nullable T readNullableTagged(short version, StructReader<T> reader) {
        return readUnsignedVarint() <= 0 ? null : reader.read(this, version);
    }

    /** How many tagged fields follow. */
    public int readTagCount() {
        int count = readUnsignedVarint();
        if (count < 0 || count > limits.taggedFieldsMax()) {
            throw WireException.overLimit(
                    "a structure", count & 0xffffffffL, "tagged fields", limits.taggedFieldsMax());
        }
        addElements(count);
        return count;
    }

    /** Reads the size of a tagged field and returns where the field ends, for {@link #endTag}. */
    public int beginTag(int tag) {
        int size = readUnsignedVarint();
        if (size < 0 || size > remaining()) {
            throw WireException.pastEnd("tagged field " + tag, size & 0xffffffffL, remaining(), buffer.readerIndex());
        }
        return buffer.readerIndex() + size;
    }

    /** Checks that the field was as long as it said. */
    public void endTag(int tag, int end) {
        if (buffer.readerIndex() != end) {
            throw new WireException("tagged field " + tag + " ends at byte " + buffer.readerIndex()
                    + ", and its size says byte " + end);
        }
    }

    /** Adds a tagged field that the schema does not know to the list, which is replaced if it is the shared empty one. */
    public List<TaggedField> readUnknownTag(List<TaggedField> fields, int tag, int end) {
        List<TaggedField> result = fields.isEmpty() ? new ArrayList<>() : fields;
        result.add(new TaggedField(tag, buffer.readSlice(end - buffer.readerIndex())));
        return result;
    }

    /** The tagged fields of a structure whose schema knows none. */
    public List<TaggedField> readUnknownTags() {
        List<TaggedField> fields = List.of();
        for (int left = readTagCount(); left > 0; left--) {
            int tag = readUnsignedVarint();
            fields = readUnknownTag(fields, tag, beginTag(tag));
        }
        return fields;
    }

    /** The number of elements, -1 for null. No element is smaller than a byte, so there are not more of them than bytes. */
    private int readArrayLength(String field, boolean flexible) {
        int length = readLength(flexible);
        if (isNull(field, length)) {
            return -1;
        }
        if (length > limits.arrayLengthMax()) {
            throw WireException.overLimit(field, length, "elements", limits.arrayLengthMax());
        }
        need(field, length);
        addElements(length);
        return length;
    }

    private void addElements(int count) {
        if (count > limits.elementsMax() - elements) {
            throw WireException.overLimit("the message", (long) elements + count, "elements", limits.elementsMax());
        }
        elements += count;
    }

    private int readLength(boolean flexible) {
        return flexible ? readUnsignedVarint() - 1 : readInt();
    }

    private static boolean isNull(String field, int length) {
        if (length < -1) {
            throw new WireException(field + " has a negative length");
        }
        return length == -1;
    }

    private static <T> T notNull(String field, @Nullable T value) {
        if (value == null) {
            throw WireException.isNull(field);
        }
        return value;
    }

    private void need(@Nullable String field, int bytes) {
        if (buffer.readableBytes() < bytes) {
            throw WireException.pastEnd(field, bytes, buffer.readableBytes(), buffer.readerIndex());
        }
    }
}
