import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Date;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;

/** Uses Redshift by its driver for Java as DBeaver, DataGrip and Power BI do, and prints what it got, one line for each fact. */
public class RedshiftClients {
    public static void main(String[] arguments) throws Exception {
        Properties properties = new Properties();
        properties.put("user", "admin");
        properties.put("password", arguments[2]);
        properties.put("ssl", "false");
        String url = "jdbc:redshift://127.0.0.1:" + arguments[0] + "/" + arguments[1];
        try (Connection connection = DriverManager.getConnection(url, properties); Statement statement = connection.createStatement()) {
            define(statement);
            describe(connection.getMetaData());
            write(connection);
            read(connection, statement);
            readByCursor(connection, statement);
            stop(connection, statement, url, properties);
            change(connection, statement);
        }
    }

    private static void define(Statement statement) throws SQLException {
        statement.executeUpdate("CREATE TABLE shop (country VARCHAR(40) PRIMARY KEY)");
        statement.executeUpdate("CREATE TABLE sale (id BIGINT IDENTITY(1,1), country VARCHAR(40) NOT NULL REFERENCES shop (country), "
            + "amount DECIMAL(12,3), at TIMESTAMP, day DATE, ok BOOLEAN, ratio DOUBLE PRECISION, zoned TIMESTAMPTZ, code CHAR(3), "
            + "number SMALLINT, PRIMARY KEY (id, country)) DISTKEY(country) SORTKEY(day)");
        statement.executeUpdate("CREATE VIEW big_sale AS SELECT id, amount FROM sale WHERE amount > 100");
    }

    private static void describe(DatabaseMetaData data) throws SQLException {
        say("product", data.getDatabaseProductName());
        say("schemas", rows(data.getSchemas(), 1));
        say("tables", rows(data.getTables(null, "public", "%", new String[] {"TABLE", "VIEW"}), 3, 4));
        say("columns", rows(data.getColumns(null, "public", "sale", "%"), 4, 6, 7, 9, 18));
        say("primary key", rows(data.getPrimaryKeys(null, "public", "sale"), 4, 5, 6));
        say("imported keys", rows(data.getImportedKeys(null, "public", "sale"), 3, 4, 7, 8, 12, 13));
        say("exported keys", rows(data.getExportedKeys(null, "public", "shop"), 3, 4, 7, 8));
        say("types", rows(data.getTypeInfo(), 1));
    }

    private static void write(Connection connection) throws SQLException {
        String insert = "INSERT INTO sale (country, amount, at, day, ok, ratio, zoned, code, number) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            for (int index = 0; index < 300; index += 1) {
                statement.setString(1, index % 2 == 0 ? "Malta" : "Österreich");
                statement.setBigDecimal(2, new BigDecimal("12.345").add(BigDecimal.valueOf(index)));
                statement.setTimestamp(3, Timestamp.valueOf("2011-12-09 12:50:00.123456"));
                statement.setDate(4, Date.valueOf("2011-12-09"));
                statement.setBoolean(5, index % 2 == 0);
                statement.setDouble(6, index / 4.0);
                statement.setTimestamp(7, Timestamp.valueOf("2011-12-09 12:50:00"));
                statement.setString(8, "ab");
                statement.setShort(9, (short) index);
                statement.addBatch();
            }
            int[] counts = statement.executeBatch();
            say("batch", counts.length + " of " + Arrays.stream(counts).boxed().distinct().toList());
            statement.setNull(2, Types.DECIMAL);
            statement.setNull(3, Types.TIMESTAMP);
            say("nulls", statement.executeUpdate());
        }
    }

    private static void read(Connection connection, Statement statement) throws SQLException {
        say("sums", rows(statement.executeQuery("SELECT COUNT(*), SUM(amount), AVG(amount), AVG(number), MIN(at), MAX(day) FROM sale")));
        List<String> objects = new ArrayList<>();
        try (ResultSet result = statement.executeQuery("SELECT * FROM sale WHERE id = 1")) {
            result.next();
            for (int column = 1; column <= result.getMetaData().getColumnCount(); column += 1)
                objects.add(result.getMetaData().getColumnTypeName(column) + " " + result.getObject(column).getClass().getSimpleName()
                    + " " + result.getObject(column));
        }
        say("objects", objects);
        String question = "SELECT ? + 1, DATEADD(day, ?, day), NVL(?, 'none') FROM sale WHERE at >= ? LIMIT 1";
        try (PreparedStatement prepared = connection.prepareStatement(question)) {
            prepared.setInt(1, 4);
            prepared.setInt(2, 1);
            prepared.setString(3, null);
            prepared.setTimestamp(4, Timestamp.valueOf("2011-01-01 00:00:00"));
            say("parameters", prepared.getParameterMetaData().getParameterCount() + " " + rows(prepared.executeQuery()));
        }
    }

    private static void readByCursor(Connection connection, Statement other) throws SQLException {
        connection.setAutoCommit(false);
        try (PreparedStatement statement = connection.prepareStatement("SELECT amount FROM sale WHERE ok = ? ORDER BY id")) {
            statement.setBoolean(1, true);
            statement.setFetchSize(7);
            int count = 0;
            BigDecimal sum = BigDecimal.ZERO;
            try (ResultSet result = statement.executeQuery()) {
                for (; result.next(); count += 1) {
                    sum = sum.add(result.getBigDecimal(1));
                    if (count == 10) rows(other.executeQuery("SELECT 1"));
                }
            }
            say("by cursor", count + " " + sum);
        }
        connection.commit();
        connection.setAutoCommit(true);
        say("of the cursor", rows(other.executeQuery("SELECT TRIM(status), returned_rows FROM sys_query_history "
            + "WHERE query_text LIKE 'SELECT amount FROM sale%'")));
    }

    private static void stop(Connection connection, Statement statement, String url, Properties properties) throws Exception {
        var stopped = CompletableFuture.supplyAsync(() -> {
            try (ResultSet ignored = statement.executeQuery("SELECT pg_sleep(60)")) {
                return "not cancelled";
            } catch (SQLException error) {
                return error.getSQLState();
            }
        });
        try (Connection watching = DriverManager.getConnection(url, properties); Statement watch = watching.createStatement()) {
            String sleeps = "SELECT pid FROM stv_recents WHERE status = 'Running' AND query LIKE 'SELECT pg_sleep%'";
            while (rows(watch.executeQuery(sleeps)).isEmpty()) Thread.onSpinWait();
        }
        statement.cancel();
        say("cancelled", stopped.get());
        say("afterwards", rows(statement.executeQuery("SELECT 1")));
        try {
            statement.executeQuery("SELECT nosuch FROM sale");
        } catch (SQLException error) {
            say("error", error.getSQLState());
        }
    }

    private static void change(Connection connection, Statement statement) throws SQLException {
        connection.setAutoCommit(false);
        statement.executeUpdate("DELETE FROM sale");
        connection.rollback();
        connection.setAutoCommit(true);
        say("rolled back", rows(statement.executeQuery("SELECT COUNT(*) FROM sale")));
        connection.setReadOnly(true);
        try {
            statement.executeUpdate("DELETE FROM sale");
        } catch (SQLException error) {
            say("read-only", error.getSQLState());
        }
    }

    /** The rows of a result, each with these columns, or with all. */
    private static List<String> rows(ResultSet result, int... columns) throws SQLException {
        int[] wanted = columns.length > 0 ? columns
            : java.util.stream.IntStream.rangeClosed(1, result.getMetaData().getColumnCount()).toArray();
        List<String> rows = new ArrayList<>();
        while (result.next()) {
            List<String> row = new ArrayList<>();
            for (int column : wanted) row.add(result.getString(column));
            rows.add(String.join(" ", row));
        }
        result.close();
        return rows;
    }

    private static void say(String fact, Object value) {
        System.out.println(fact + ": " + value);
    }
}
