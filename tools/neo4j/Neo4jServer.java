import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.neo4j.configuration.GraphDatabaseSettings;
import org.neo4j.dbms.api.DatabaseManagementService;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;
import org.neo4j.graphdb.GraphDatabaseService;

/**
 * Neo4j Community's kernel, security and Bolt in one process, run from its jars: without its browser and HTTP part.
 *
 * <p>Arguments: the folder for all that it keeps, a file of settings and, optionally, --until-eof, with which it ends
 * when its standard input does: so it cannot outlive who started it. At the first start the variable NEO4J_PASSWORD, if
 * set, becomes the password of the user neo4j. It says "ready" once Bolt answers, and ends on SIGTERM.
 */
final class Neo4jServer {
    private Neo4jServer() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        DatabaseManagementService server = new DatabaseManagementServiceBuilder(Path.of(arguments[0]))
                .loadPropertiesFromFile(Path.of(arguments[1]))
                .build();
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown));
        String password = System.getenv("NEO4J_PASSWORD");
        GraphDatabaseService system = server.database(GraphDatabaseSettings.SYSTEM_DATABASE_NAME);
        if (password != null && isFresh(system)) {
            setPassword(system, password);
        }
        System.out.println("ready");
        if (Arrays.asList(arguments).contains("--until-eof")) {
            System.in.transferTo(OutputStream.nullOutputStream());
            System.exit(0);
        }
        Thread.currentThread().join();
    }

    /** Whether the user neo4j still has the password that everybody knows, which Neo4j asks to be changed. */
    private static boolean isFresh(GraphDatabaseService system) {
        String query = "SHOW USERS YIELD user, passwordChangeRequired AS fresh WHERE user = 'neo4j' RETURN fresh";
        return system.executeTransactionally(
                query, Map.of(), rows -> rows.hasNext() && Boolean.TRUE.equals(rows.next().get("fresh")));
    }

    private static void setPassword(GraphDatabaseService system, String password) {
        String query = "ALTER USER neo4j SET PASSWORD $password CHANGE NOT REQUIRED";
        system.executeTransactionally(query, Map.of("password", password));
    }
}
