package io.millrace.generator;

import java.util.stream.Stream;

/** How the structures of a message are used by its fields. */
final class StructUses {

    private StructUses() {}

    /** Whether some field has this structure, never null by default, and is left out where it has its default value. */
    static boolean comparedWithDefault(MessageSchema message, StructSchema struct) {
        return Stream.concat(Stream.of(message.root()), message.structs().stream())
                .flatMap(owner -> owner.fields().stream())
                .anyMatch(field -> field.type().equals(new FieldType.Struct(struct.name())) && !field.isDefaultNull());
    }

    /** Whether the structure, or one inside it, has records. */
    static boolean hasRecords(MessageSchema message, StructSchema struct) {
        return struct.fields().stream().anyMatch(field -> hasRecords(message, field));
    }

    static boolean hasRecords(MessageSchema message, FieldSchema field) {
        FieldType element = field.type() instanceof FieldType.Array array ? array.element() : field.type();
        return element == FieldType.Primitive.RECORDS
                || (element instanceof FieldType.Struct inner && hasRecords(message, message.struct(inner.name())));
    }
}
