package io.millrace.wire.oracle;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.Field;
import org.apache.kafka.common.protocol.types.NullableSchema;
import org.apache.kafka.common.protocol.types.RawTaggedField;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.Struct;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/** Random valid messages as bytes, from Kafka's description of the format alone. */
final class RandomBytes {

    private static final int UNKNOWN_TAG_LOWEST = 40;

    private final RandomValues values;
    private final boolean unknownTags;

    /** @param unknownTags whether to add tagged fields that no schema knows */
    RandomBytes(Random random, boolean unknownTags) {
        this.values = new RandomValues(random);
        this.unknownTags = unknownTags;
    }

    ByteBuffer next(Schema schema) {
        Struct struct = struct(schema);
        ByteBuffer bytes = ByteBuffer.allocate(schema.sizeOf(struct));
        schema.write(bytes, struct);
        return bytes.flip();
    }

    private Struct struct(Schema schema) {
        Struct struct = new Struct(schema);
        for (BoundField field : schema.fields()) {
            struct.set(field, value(field.def.type));
        }
        return struct;
    }

    private @Nullable Object value(Type type) {
        if (type.isNullable() && values.chance(0.25)) {
            return null;
        }
        if (type instanceof NullableSchema || type instanceof Schema) {
            return struct((Schema) type);
        }
        if (type instanceof TaggedFields tagged) {
            return taggedFields(tagged);
        }
        return type.isArray() ? array(type.arrayElementType().orElseThrow()) : primitive(type);
    }

    private Object array(Type element) {
        Object[] array = new Object[values.count(3)];
        for (int i = 0; i < array.length; i++) {
            array[i] = value(element);
        }
        return array;
    }

    private Object taggedFields(TaggedFields type) {
        NavigableMap<Integer, @Nullable Object> fields = new TreeMap<>();
        for (Map.Entry<Integer, Field> known : type.fields().entrySet()) {
            if (values.chance(0.6)) {
                fields.put(known.getKey(), tagged(known.getValue().type));
            }
        }
        while (unknownTags && values.chance(0.3)) {
            int tag = UNKNOWN_TAG_LOWEST + values.below(100_000);
            fields.put(tag, new RawTaggedField(tag, values.nextBytes().array()));
        }
        return fields;
    }

    /** That there is no structure is written otherwise than Kafka's description says, by Kafka too. Others check it. */
    private @Nullable Object tagged(Type type) {
        return type instanceof NullableSchema schema ? struct(schema) : value(type);
    }

    private Object primitive(Type type) {
        return switch (type.toString().replace("COMPACT_", "").replace("NULLABLE_", "")) {
            case "BOOLEAN" -> values.chance(0.5);
            case "INT8" -> values.nextByte();
            case "INT16" -> values.nextShort();
            case "UINT16" -> values.nextUnsignedShort();
            case "INT32" -> values.nextInt();
            case "UINT32" -> values.nextUnsignedInt();
            case "INT64" -> values.nextLong();
            case "FLOAT64" -> values.nextDouble();
            case "UUID" -> {
                UUID id = values.nextUuid();
                yield new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
            }
            case "STRING" -> values.nextString();
            case "BYTES" -> values.nextBytes();
            case "RECORDS" -> MemoryRecords.readableRecords(values.nextBytes());
            default -> throw new AssertionError("no random value for " + type);
        };
    }
}
