%% One TLS server or client of Erlang's ssl:
%%   erlpeer.escript srv|cli HOST PORT [key=value ...]
%% Keys: cert key ca min max suites alpn sni auth=require verify=1 timeout=S

main([Role, Host, Port | Words]) ->
    {ok, _} = application:ensure_all_started(ssl),
    logger:set_primary_config(level, none),
    Keys = maps:from_list([split(Word) || Word <- Words]),
    {ok, Address} = inet:parse_address(Host),
    case Role of
        "srv" -> serve(Address, list_to_integer(Port), Keys);
        "cli" -> connect(Address, list_to_integer(Port), Keys)
    end.

split(Word) ->
    [Name, Value] = string:split(Word, "="),
    {list_to_atom(Name), Value}.

common(Keys) ->
    Files = [{file(Name), maps:get(Name, Keys)}
             || Name <- [cert, key, ca], maps:is_key(Name, Keys)],
    [{versions, versions(maps:get(min, Keys, "1.2"),
                         maps:get(max, Keys, "1.3"))}] ++ Files.

file(cert) -> certfile;
file(key) -> keyfile;
file(ca) -> cacertfile.

versions(Min, Max) ->
    All = [{"1.0", tlsv1}, {"1.1", 'tlsv1.1'}, {"1.2", 'tlsv1.2'},
           {"1.3", 'tlsv1.3'}],
    lists:reverse([Atom || {Name, Atom} <- All, Name >= Min, Name =< Max]).

suites(Keys) ->
    case maps:find(suites, Keys) of
        {ok, List} ->
            [{ciphers, [ssl:str_to_suite(Name)
                        || Name <- string:split(List, ":", all)]}];
        error -> []
    end.

serve(Address, Port, Keys) ->
    Auth = case maps:find(auth, Keys) of
        {ok, _} -> [{verify, verify_peer}, {fail_if_no_peer_cert, true}];
        error -> []
    end,
    Alpn = case maps:find(alpn, Keys) of
        {ok, List} -> [{alpn_preferred_protocols, protocols(List)}];
        error -> []
    end,
    {ok, Listener} = ssl:listen(Port, common(Keys) ++ suites(Keys) ++ Auth ++
        Alpn ++ [{ip, Address}, {reuseaddr, true}, {active, false}, binary]),
    io:format("listening~n"),
    accept(Listener).

protocols(List) ->
    [list_to_binary(Name) || Name <- string:split(List, ":", all)].

accept(Listener) ->
    {ok, Socket} = ssl:transport_accept(Listener),
    answer(Socket),
    accept(Listener).

answer(Socket) ->
    case ssl:handshake(Socket, 9000) of
        {ok, Tls} ->
            io:format("OK~n"),
            case ssl:recv(Tls, 0, 9000) of
                {ok, _} -> ssl:send(Tls, "HTTP/1.0 200 OK\r\n\r\nhello\n");
                {error, Reason} -> io:format("ERR ~0p~n", [Reason])
            end,
            ssl:close(Tls);
        {error, Reason} ->
            io:format("ERR ~0p~n", [Reason])
    end.

connect(Address, Port, Keys) ->
    Verify = case maps:find(verify, Keys) of
        {ok, _} -> [{verify, verify_peer}];
        error -> [{verify, verify_none}]
    end,
    Name = case maps:find(sni, Keys) of
        {ok, Sni} -> [{server_name_indication, Sni}];
        error -> [{server_name_indication, disable}]
    end,
    Alpn = case maps:find(alpn, Keys) of
        {ok, List} -> [{alpn_advertised_protocols, protocols(List)}];
        error -> []
    end,
    Options = common(Keys) ++ suites(Keys) ++ Verify ++ Name ++ Alpn ++
        [{active, false}, binary],
    Wait = 1000 * list_to_integer(maps:get(timeout, Keys, "8")),
    case ssl:connect(Address, Port, Options, Wait) of
        {ok, Tls} ->
            ok = ssl:send(Tls, "GET / HTTP/1.0\r\n\r\n"),
            io:format("OK ~0p~n", [ssl:recv(Tls, 0, 8000)]),
            ssl:close(Tls);
        {error, Reason} ->
            io:format("ERR ~0p~n", [Reason])
    end.
