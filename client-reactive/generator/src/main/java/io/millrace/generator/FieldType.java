package io.millrace.generator;

/** The type of a field: a primitive, a structure, or an array of one of them. */
sealed interface FieldType {

    /** The schema's own types. */
    enum Primitive implements FieldType {
        BOOL("bool", "boolean", "Boolean", "Boolean"),
        INT8("int8", "byte", "Byte", "Byte"),
        INT16("int16", "short", "Short", "Short"),
        UINT16("uint16", "int", "Integer", "UnsignedShort"),
        INT32("int32", "int", "Integer", "Int"),
        UINT32("uint32", "long", "Long", "UnsignedInt"),
        INT64("int64", "long", "Long", "Long"),
        FLOAT64("float64", "double", "Double", "Double"),
        UUID("uuid", "UUID", "UUID", "Uuid"),
        STRING("string", "String", "String", "String"),
        BYTES("bytes", "ByteBuf", "ByteBuf", "Bytes"),
        RECORDS("records", "Records", "Records", "Records");

        private final String schemaName;
        private final String javaType;
        private final String boxedType;
        private final String methodSuffix;

        Primitive(String schemaName, String javaType, String boxedType, String methodSuffix) {
            this.schemaName = schemaName;
            this.javaType = javaType;
            this.boxedType = boxedType;
            this.methodSuffix = methodSuffix;
        }

        String schemaName() {
            return schemaName;
        }

        @Override
        public String javaType() {
            return javaType;
        }

        @Override
        public String elementType() {
            return boxedType;
        }

        /** What follows {@code read} and {@code write} in the methods of reader and writer. */
        String methodSuffix() {
            return methodSuffix;
        }

        /** Numbers and booleans: those that Java compares with {@code ==}. */
        boolean isValue() {
            return this != UUID && !hasLength();
        }

        /** Values with a length in front of them. */
        boolean hasLength() {
            return this == STRING || this == BYTES || this == RECORDS;
        }
    }

    /** A structure, by its name. */
    record Struct(String name) implements FieldType {
        @Override
        public String javaType() {
            return name;
        }
    }

    /** An array. Kafka has no arrays of arrays. */
    record Array(FieldType element) implements FieldType {
        @Override
        public String javaType() {
            return "List<" + element.elementType() + ">";
        }
    }

    /** How a field of this type is declared. */
    String javaType();

    /** How the type is named as a type argument. */
    default String elementType() {
        return javaType();
    }

    /** Whether null is possible at all. */
    default boolean canBeNull() {
        return !(this instanceof Primitive primitive) || primitive.hasLength();
    }

    static FieldType parse(String text) {
        String trimmed = text.trim();
        if (trimmed.startsWith("[]")) {
            FieldType element = parse(trimmed.substring(2));
            if (element instanceof Array || element == Primitive.BYTES || element == Primitive.RECORDS) {
                throw new SchemaException("arrays of " + trimmed.substring(2) + " are not supported");
            }
            return new Array(element);
        }
        for (Primitive primitive : Primitive.values()) {
            if (primitive.schemaName.equals(trimmed)) {
                return primitive;
            }
        }
        if (trimmed.isEmpty() || !Character.isUpperCase(trimmed.charAt(0))) {
            throw new SchemaException("unknown type '" + text + "'");
        }
        return new Struct(trimmed);
    }
}
