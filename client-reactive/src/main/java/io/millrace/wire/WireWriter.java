package io.millrace.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.FileRegion;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes the primitives of the Kafka protocol into a frame, of which the first 4 bytes are its length. Record bytes are
 * spliced in between its own buffers, not copied. Owned by: one thread. Ends with {@link #finish} or {@link #release}.
 */
public final class WireWriter {

    private static final int INITIAL_BYTES = 256;
    private static final int VARINT_BITS = 7;
    private static final int VARINT_ONE_BYTE_MAX = 0x7f;

    private final ByteBufAllocator allocator;
    private final List<Object> parts = new ArrayList<>(1);
    private long partsBytes;
    private ByteBuf current;

    public WireWriter(ByteBufAllocator allocator) {
        this.allocator = allocator;
        this.current = allocator.buffer(INITIAL_BYTES);
        current.writeInt(0);
    }

    /** Writes one element of an array. */
    @FunctionalInterface
    public interface ElementWriter<T> {
        void write(WireWriter out, T element);
    }

    /** Writes one structure, whose fields depend on the version. */
    @FunctionalInterface
    public interface StructWriter<T> {
        void write(T struct, WireWriter out, short version);
    }

    /** Ends the frame; its ownership moves to the caller. */
    public WireFrame finish() {
        ByteBuf first = parts.isEmpty() ? current : (ByteBuf) parts.get(0);
        long size = partsBytes + current.readableBytes();
        if (size > Integer.MAX_VALUE) {
            throw WireException.overLimit("the frame", size, "bytes", Integer.MAX_VALUE);
        }
        first.setInt(first.readerIndex(), (int) size - Integer.BYTES);
        if (current.isReadable()) {
            parts.add(current);
        } else {
            current.release();
        }
        return new WireFrame(parts, size);
    }

    /** Gives up what was written and every part that was handed over. */
    public void release() {
        parts.forEach(ReferenceCountUtil::release);
        current.release();
    }

    /** Splices a buffer in; one reference to it moves here, unless this throws. */
    public void append(ByteBuf part) {
        splice(part, part.readableBytes());
    }

    /** Splices a part of a file in; one reference to it moves here, unless this throws. */
    public void append(FileRegion part) {
        splice(part, part.count());
    }

    private void splice(Object part, long sizeBytes) {
        if (sizeBytes == 0) {
            ReferenceCountUtil.release(part);
            return;
        }
        if (current.isReadable()) {
            ByteBuf next = allocator.buffer(INITIAL_BYTES);
            partsBytes += current.readableBytes();
            parts.add(current);
            current = next;
        }
        partsBytes += sizeBytes;
        parts.add(part);
    }

    public void writeBoolean(boolean value) {
        current.writeByte(value ? 1 : 0);
    }

    public void writeByte(byte value) {
        current.writeByte(value);
    }

    public void writeShort(short value) {
        current.writeShort(value);
    }

    /** @throws WireException if the value does not fit into 16 bits */
    public void writeUnsignedShort(int value) {
        if (value < 0 || value > 0xffff) {
            throw new WireException(value + " is no unsigned 16-bit number");
        }
        current.writeShort(value);
    }

    public void writeInt(int value) {
        current.writeInt(value);
    }

    /** @throws WireException if the value does not fit into 32 bits */
    public void writeUnsignedInt(long value) {
        if (value < 0 || value > 0xffffffffL) {
            throw new WireException(value + " is no unsigned 32-bit number");
        }
        current.writeInt((int) value);
    }

    public void writeLong(long value) {
        current.writeLong(value);
    }

    public void writeDouble(double value) {
        current.writeDouble(value);
    }

    public void writeUuid(UUID value) {
        current.writeLong(value.getMostSignificantBits());
        current.writeLong(value.getLeastSignificantBits());
    }

    /** A 32-bit number in one to five bytes, the lowest seven bits first. */
    public void writeUnsignedVarint(int value) {
        int rest = value;
        while ((rest & ~VARINT_ONE_BYTE_MAX) != 0) {
            current.writeByte((rest & VARINT_ONE_BYTE_MAX) | 0x80);
            rest >>>= VARINT_BITS;
        }
        current.writeByte(rest);
    }

    public void writeString(String field, @Nullable String value, boolean flexible) {
        writeNullableString(field, notNull(field, value), flexible);
    }

    public void writeNullableString(String field, @Nullable String value, boolean flexible) {
        int length = value == null ? -1 : ByteBufUtil.utf8Bytes(value);
        if (length > WireReader.STRING_BYTES_MAX) {
            throw WireException.overLimit(field, length, "bytes", WireReader.STRING_BYTES_MAX);
        }
        if (flexible) {
            writeUnsignedVarint(length + 1);
        } else {
            current.writeShort(length);
        }
        if (value != null) {
            ByteBufUtil.reserveAndWriteUtf8(current, value, length);
        }
    }

    /** Copies the readable bytes; the buffer keeps its indices and its owner. */
    public void writeBytes(String field, @Nullable ByteBuf value, boolean flexible) {
        writeNullableBytes(notNull(field, value), flexible);
    }

    /** Copies the readable bytes; the buffer keeps its indices and its owner. */
    public void writeNullableBytes(@Nullable ByteBuf value, boolean flexible) {
        writeLength(value == null ? -1 : value.readableBytes(), flexible);
        if (value != null) {
            current.writeBytes(value, value.readerIndex(), value.readableBytes());
        }
    }

    /** Splices the records in: their ownership moves here. */
    public void writeRecords(String field, @Nullable Records value, boolean flexible) {
        writeNullableRecords(notNull(field, value), flexible);
    }

    /** Splices the records in: their ownership moves here. */
    public void writeNullableRecords(@Nullable Records value, boolean flexible) {
        writeLength(value == null ? -1 : value.sizeBytes(), flexible);
        if (value != null) {
            value.transferTo(this);
        }
    }

    public <T> void writeList(String field, @Nullable List<T> list, boolean flexible, ElementWriter<T> writer) {
        writeNullableList(notNull(field, list), flexible, writer);
    }

    public <T> void writeNullableList(@Nullable List<T> list, boolean flexible, ElementWriter<T> writer) {
        writeLength(list == null ? -1 : list.size(), flexible);
        if (list != null) {
            for (int i = 0; i < list.size(); i++) {
                writer.write(this, list.get(i));
            }
        }
    }

    public <T> void writeList(
            String field, @Nullable List<T> list, boolean flexible, short version, StructWriter<T> writer) {
        writeNullableList(notNull(field, list), flexible, version, writer);
    }

    public <T> void writeNullableList(@Nullable List<T> list, boolean flexible, short version, StructWriter<T> writer) {
        writeLength(list == null ? -1 : list.size(), flexible);
        if (list != null) {
            for (int i = 0; i < list.size(); i++) {
                writer.write(list.get(i), this, version);
            }
        }
    }

    public void writeStringList(String field, @Nullable List<String> list, boolean flexible) {
        writeNullableStringList(field, notNull(field, list), flexible);
    }

    public void writeNullableStringList(String field, @Nullable List<String> list, boolean flexible) {
        writeLength(list == null ? -1 : list.size(), flexible);
        if (list != null) {
            for (int i = 0; i < list.size(); i++) {
                writeString(field, list.get(i), flexible);
            }
        }
    }

    /** A structure behind a byte that is negative if there is none. */
    public <T> void writeNullable(@Nullable T struct, short version, StructWriter<T> writer) {
        current.writeByte(struct == null ? -1 : 1);
        if (struct != null) {
            writer.write(struct, this, version);
        }
    }

    /** A structure in a tagged field, behind a number that is 0 if there is none. */
    public <T> void writeNullableTagged(@Nullable T struct, short version, StructWriter<T> writer) {
        current.writeByte(struct == null ? 0 : 1);
        if (struct != null) {
            writer.write(struct, this, version);
        }
    }

    /** Begins a tagged field and returns where its size goes, for {@link #endTag}. */
    public int beginTag(int tag) {
        writeUnsignedVarint(tag);
        int mark = current.writerIndex();
        current.writeByte(0);
        return mark;
    }

    /**
     * Fills in the size of a tagged field, for which one byte is reserved. A field of 128 bytes or more, which is rare,
     * moves up to make room for the rest of its size. Records cannot be tagged, so the field lies in one buffer.
     */
    public void endTag(int mark) {
        int start = mark + 1;
        int size = current.writerIndex() - start;
        int extra = varintBytes(size) - 1;
        if (extra > 0) {
            current.writeZero(extra);
            for (int i = start + size - 1; i >= start; i--) {
                current.setByte(i + extra, current.getByte(i));
            }
        }
        int end = current.writerIndex();
        current.writerIndex(mark);
        writeUnsignedVarint(size);
        current.writerIndex(end);
    }

    /** The tagged fields of a structure whose schema knows none. */
    public void writeUnknownTags(List<TaggedField> fields) {
        writeUnsignedVarint(fields.size());
        writeUnknownTags(fields, 0);
    }

    /** Writes those of the sorted fields that are left from the given index on. */
    public void writeUnknownTags(List<TaggedField> fields, int from) {
        for (int i = from; i < fields.size(); i++) {
            writeUnknownTag(fields.get(i));
        }
    }

    /**
     * Writes those of the sorted fields, from the given index on, whose tags are lower than {@code tagEnd}.
     *
     * @return index of the first field that was not written
     */
    public int writeUnknownTags(List<TaggedField> fields, int from, int tagEnd) {
        int i = from;
        while (i < fields.size() && Integer.compareUnsigned(fields.get(i).tag(), tagEnd) < 0) {
            writeUnknownTag(fields.get(i));
            i++;
        }
        return i;
    }

    private void writeUnknownTag(TaggedField field) {
        ByteBuf data = field.data();
        writeUnsignedVarint(field.tag());
        writeUnsignedVarint(data.readableBytes());
        current.writeBytes(data, data.readerIndex(), data.readableBytes());
    }

    private void writeLength(int length, boolean flexible) {
        if (flexible) {
            writeUnsignedVarint(length + 1);
        } else {
            current.writeInt(length);
        }
    }

    private static int varintBytes(int value) {
        int bytes = 1;
        for (int rest = value >>> VARINT_BITS; rest != 0; rest >>>= VARINT_BITS) {
            bytes++;
        }
        return bytes;
    }

    private static <T> T notNull(String field, @Nullable T value) {
        if (value == null) {
            throw WireException.isNull(field);
        }
        return value;
    }
}
